import type { GroundRules } from '../../../contract/index.ts';
import type { CitizensRules } from './service.ts';

export const presentGroundRules = (rules: CitizensRules): GroundRules => ({
  citizen: rules.citizen,
  caller: rules.caller,
  afterMinutes: rules.afterMinutes,
  speakAgain: rules.speakAgain,
  agreed: rules.agreed,
  reviewedOn: rules.reviewedOn,
  reviewedBy: rules.reviewedBy,
  contact: rules.contact,
  language: rules.language,
  hasPhone: rules.hasPhone,
  hasEmail: rules.hasEmail,
  updatedAt: rules.updatedAt?.toISOString() ?? null,
});

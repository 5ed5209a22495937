import {
  type Agreement,
  type CallDefaults,
  type ContactChoice,
  callDefaults,
  type TalkSpan,
  talkHours,
  usualCallDefaults,
} from '../../../contract/index.ts';
import { Prisma, queryHot, type ReadTx, type Tx } from '../../../storage/index.ts';

/** What holds for a citizen now: what was agreed with them, or else what the municipality has. */
export interface GroundRulesOf extends Agreement {
  /** Whether it was agreed with this citizen. */
  readonly agreed: boolean;
  readonly contact: ContactChoice;
  readonly language: 'da' | 'en';
  /** A day in Denmark; null where it was never gone through with them. */
  readonly reviewedOn: string | null;
  /** Initials. */
  readonly reviewedBy: string | null;
  readonly updatedAt: Date | null;
}

const withUsual = (given: object | null | undefined): CallDefaults =>
  given == null ? usualCallDefaults : callDefaults.parse({ ...usualCallDefaults, ...given });

/** The municipality's rules for calls; what it has not decided is as usual. */
export async function readCallDefaults(tx: ReadTx): Promise<CallDefaults> {
  const [row] = await queryHot<{ defaults: object }>(
    tx,
    Prisma.sql`SELECT defaults FROM call_defaults WHERE municipality_id = app_municipality()`,
  );
  return withUsual(row?.defaults);
}

export async function mergeCallDefaults(tx: Tx, change: object, now: Date): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO call_defaults (municipality_id, defaults, updated_at)
    VALUES (app_municipality(), ${JSON.stringify(change)}::jsonb, ${now})
    ON CONFLICT (municipality_id) DO UPDATE SET defaults = call_defaults.defaults || excluded.defaults, updated_at = excluded.updated_at`;
}

interface RulesRow extends Pick<GroundRulesOf, 'reviewedOn' | 'reviewedBy' | 'updatedAt'> {
  readonly caller: Agreement['caller'] | null;
  readonly afterMinutes: number | null;
  readonly speakAgain: Agreement['speakAgain'] | null;
  readonly contact: ContactChoice;
  readonly language: 'da' | 'en';
  readonly defaults: object | null;
}

/**
 * What holds for a citizen. Who has not said how they want to hear from us gets text messages, or mail where the vault
 * holds no number; somebody who was erased hears nothing.
 */
export async function readGroundRules(tx: ReadTx, citizenId: string): Promise<GroundRulesOf> {
  const [row] = await queryHot<RulesRow>(
    tx,
    Prisma.sql`
      SELECT rules.caller, rules.after_minutes AS "afterMinutes", rules.speak_again AS "speakAgain",
        coalesce(rules.contact, CASE WHEN vault.citizen_id IS NULL THEN 'none' WHEN vault.phone_index IS NULL THEN 'mail' ELSE 'sms' END) AS contact,
        coalesce(rules.language, 'da') AS language, rules.reviewed_on::text AS "reviewedOn", staff.initials AS "reviewedBy",
        rules.updated_at AS "updatedAt", defaults.defaults
      FROM (SELECT app_municipality() AS municipality_id, ${citizenId}::uuid AS citizen_id) AS wanted
      LEFT JOIN ground_rules AS rules USING (municipality_id, citizen_id)
      LEFT JOIN citizen_vault AS vault USING (municipality_id, citizen_id)
      LEFT JOIN call_defaults AS defaults USING (municipality_id)
      LEFT JOIN staff ON staff.municipality_id = rules.municipality_id AND staff.id = rules.staff_id`,
  );
  if (row === undefined) throw new Error('a select from one row gives one');
  const { caller, afterMinutes, speakAgain, contact, language, reviewedOn, reviewedBy, updatedAt } = row;
  const usual = withUsual(row.defaults);
  return {
    caller: caller ?? usual.caller,
    afterMinutes: afterMinutes ?? usual.afterMinutes,
    speakAgain: speakAgain ?? usual.speakAgain,
    agreed: caller !== null,
    contact,
    language,
    reviewedOn,
    reviewedBy,
    updatedAt,
  };
}

export interface StoredRules extends Pick<GroundRulesOf, 'contact' | 'language' | 'reviewedOn'> {
  /** Null: as the municipality has it. */
  readonly agreement: Agreement | null;
  /** Who went through it with the citizen; null leaves who it was. */
  readonly staffId: string | null;
}

export async function writeGroundRules(
  tx: Tx,
  citizenId: string,
  { agreement, contact, language, reviewedOn, staffId }: StoredRules,
  now: Date,
): Promise<void> {
  const { caller = null, afterMinutes = null, speakAgain = null } = agreement ?? {};
  await tx.$executeRaw`
    INSERT INTO ground_rules AS rules (municipality_id, citizen_id, caller, after_minutes, speak_again, contact, language, reviewed_on, staff_id, updated_at)
    VALUES (app_municipality(), ${citizenId}::uuid, ${caller}, ${afterMinutes}::int, ${speakAgain}, ${contact}, ${language}, ${reviewedOn}::date, ${staffId}::uuid, ${now})
    ON CONFLICT (municipality_id, citizen_id) DO UPDATE SET caller = excluded.caller, after_minutes = excluded.after_minutes,
      speak_again = excluded.speak_again, contact = excluded.contact, language = excluded.language, reviewed_on = excluded.reviewed_on,
      staff_id = coalesce(excluded.staff_id, rules.staff_id), updated_at = excluded.updated_at`;
}

/** When a worker may be asked for a talk, by weekday and time; never, until they have set hours. */
export async function readTalkHours(tx: ReadTx, staffId: string): Promise<readonly TalkSpan[]> {
  const [row] = await queryHot<{ hours: unknown }>(
    tx,
    Prisma.sql`SELECT hours FROM talk_hours WHERE municipality_id = app_municipality() AND staff_id = ${staffId}::uuid`,
  );
  return row === undefined ? [] : talkHours.shape.hours.parse(row.hours);
}

export async function writeTalkHours(
  tx: Tx,
  staffId: string,
  hours: readonly TalkSpan[],
  now: Date,
): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO talk_hours (municipality_id, staff_id, hours, updated_at)
    VALUES (app_municipality(), ${staffId}::uuid, ${JSON.stringify(hours)}::jsonb, ${now})
    ON CONFLICT (municipality_id, staff_id) DO UPDATE SET hours = excluded.hours, updated_at = excluded.updated_at`;
}

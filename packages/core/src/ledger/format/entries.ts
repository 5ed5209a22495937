import type {
  AccessKind,
  ActivityStatus,
  BookingState,
  Channel,
  CitizenStatus,
  CitizenWord,
  DecisionChoice,
  DecisionKind,
  EndReason,
  FollowUpKind,
  HandOffWay,
  IdentityReason,
  ImportKind,
  KeyPurpose,
  MilestoneNeed,
  PartKind,
  PlanKind,
  Preparation,
  ProgrammeKind,
  ReviewAnswer,
  Role,
  StepReason,
  VisitPurpose,
  VisitState,
  VisitTopic,
  VisitWarning,
} from '../../contract/index.ts';

/**
 * Everything the ledger can tell. Closed on purpose: codes, enums, numbers, times and random ids only, so that a leaf
 * says nothing about a person once the mapping of its random ids is gone. `subject` is a citizen's random ledger id,
 * never the citizen code, since codes outlive an erasure.
 */
export type LedgerEntry =
  | { readonly type: 'municipality.created' }
  | { readonly type: 'municipality.changed'; readonly checkInGraceMinutes: number }
  | { readonly type: 'team.created'; readonly team: string }
  | { readonly type: 'staff.registered'; readonly staff: string; readonly roles: readonly Role[] }
  | { readonly type: 'staff.changed'; readonly staff: string; readonly roles: readonly Role[] }
  | { readonly type: 'staff.ended'; readonly staff: string }
  | {
      readonly type: 'token.created';
      readonly token: string;
      readonly staff: string;
      readonly expiresAt: string;
    }
  | { readonly type: 'token.revoked'; readonly token: string; readonly staff: string }
  | {
      readonly type: 'citizen.registered';
      readonly subject: string;
      /** Random id of the team that the citizen belongs to. */
      readonly team: string | null;
      readonly grantedMinutes: number;
      readonly grantedPer: string;
    }
  | { readonly type: 'citizen.changed'; readonly subject: string; readonly fields: readonly string[] }
  | {
      readonly type: 'citizen.step';
      readonly subject: string;
      readonly team: string | null;
      readonly from: CitizenStatus | null;
      readonly to: CitizenStatus;
      readonly reason: StepReason;
      /** The day it happened, Europe/Copenhagen. */
      readonly on: string;
    }
  | {
      readonly type: 'citizen.assessed';
      readonly subject: string;
      readonly team: string | null;
      readonly outcome: string;
      readonly withCitizen: boolean;
      readonly on: string;
    }
  | {
      readonly type: 'citizen.identity-changed';
      readonly subject: string;
      readonly fields: readonly string[];
    }
  | {
      readonly type: 'citizen.identity-read';
      readonly subject: string;
      readonly kind: Exclude<AccessKind, 'export'>;
      readonly reason: IdentityReason;
    }
  | { readonly type: 'citizens.identities-exported'; readonly count: number; readonly reason: IdentityReason }
  | {
      readonly type: 'weekly-plan.changed';
      readonly subject: string;
      readonly act: 'kept' | 'removed';
      readonly by: 'citizen' | 'staff';
    }
  | { readonly type: 'citizen.erased'; readonly subject: string; readonly reason: string }
  | {
      readonly type: 'import.completed';
      readonly kind: ImportKind;
      readonly created: number;
      readonly updated: number;
      readonly unchanged: number;
    }
  | { readonly type: 'site.created'; readonly site: string }
  | { readonly type: 'room.registered'; readonly room: string; readonly site: string }
  | { readonly type: 'room.changed'; readonly room: string; readonly active: boolean }
  | {
      readonly type: 'booking.changed';
      readonly booking: string;
      readonly room: string;
      readonly state: BookingState;
      /** UTC, ISO 8601. */
      readonly startsAt: string;
      readonly endsAt: string;
    }
  | {
      /** The whole of a visit as it now is: whoever folds the log takes the last one of each visit. */
      readonly type: 'visit.changed';
      readonly visit: string;
      readonly subject: string;
      /** A random staff id. */
      readonly worker: string;
      /** The team that the citizen belongs to. */
      readonly team: string | null;
      readonly channel: Channel;
      readonly origin: 'planned' | 'unplanned';
      readonly state: VisitState;
      /** UTC, ISO 8601: the first actual minute, or the planned start. */
      readonly at: string;
      readonly plannedStartsAt: string | null;
      readonly plannedEndsAt: string | null;
      /** Whole actual minutes. */
      readonly minutes: Readonly<Record<PartKind, number>>;
      readonly purposes: readonly VisitPurpose[];
      readonly topics: readonly VisitTopic[];
      readonly endedBy: string | null;
      readonly endedReason: EndReason | null;
      readonly overruled: readonly VisitWarning[];
      readonly plan: string | null;
      readonly revision: number;
    }
  | {
      readonly type: 'plan.changed';
      readonly plan: string;
      readonly subject: string;
      readonly worker: string;
      readonly kind: PlanKind;
      readonly state: 'active' | 'ended';
      readonly change: string;
      /** The citizen's word on it. */
      readonly word: CitizenWord;
    }
  | {
      readonly type: 'contact.reviewed';
      readonly subject: string;
      readonly answer: ReviewAnswer;
      readonly on: string;
    }
  | { readonly type: 'visit-rules.changed'; readonly fields: readonly string[] }
  | {
      /** Which of the rules for a failed call, and of how the citizen hears from us; not what they say. */
      readonly type: 'ground-rules.changed';
      readonly subject: string;
      readonly fields: readonly string[];
      /** The day they were last gone through with the citizen. */
      readonly reviewedOn: string | null;
    }
  | { readonly type: 'call-defaults.changed'; readonly fields: readonly string[] }
  | { readonly type: 'talk-hours.changed'; readonly staff: string; readonly minutesPerWeek: number }
  | {
      readonly type: 'visit.handed-off';
      readonly visit: string;
      readonly revision: number;
      readonly way: HandOffWay;
    }
  | { readonly type: 'vault.master-key-rotated'; readonly keyId: string }
  | {
      readonly type: 'ledger.key-rotated';
      readonly purpose: KeyPurpose;
      /** The whole new key as other tools take it, since a key ID has 32 bits only: so the log itself says what signs from here on. */
      readonly verifierKey: string;
    }
  | { readonly type: 'ledger.witness-trusted'; readonly witness: string }
  | { readonly type: 'ledger.witness-ended'; readonly witness: string }
  | {
      /** The whole of a programme as it now is. Ids are random; a programme's name is not told. */
      readonly type: 'programme.changed';
      readonly programme: string;
      readonly kind: ProgrammeKind;
      readonly targetGroup: number;
      readonly startsOn: string;
      readonly trialOn: string | null;
      readonly endsOn: string | null;
    }
  | {
      /** The whole of a milestone as it now is; `removed` takes it off the plan. */
      readonly type: 'milestone.set';
      readonly programme: string;
      readonly milestone: string;
      readonly due: string;
      readonly needs: readonly MilestoneNeed[];
      readonly removed: boolean;
    }
  | {
      /** An activity of the handbook, or one that a milestone needs by its own word. */
      readonly type: 'activity.changed';
      readonly programme: string;
      readonly activity: string;
      readonly status: ActivityStatus;
      /** The day it holds from. */
      readonly on: string;
      readonly cases: number;
      readonly evidence: number;
    }
  | {
      readonly type: 'decision.made';
      readonly programme: string;
      readonly decision: DecisionKind;
      readonly choice: DecisionChoice;
      readonly on: string;
    }
  | {
      readonly type: 'worker-target.set';
      readonly programme: string;
      /** Citizens by video per worker. */
      readonly citizens: number;
      readonly due: string;
    }
  | {
      readonly type: 'follow-up.held';
      readonly programme: string;
      readonly followUp: FollowUpKind;
      readonly on: string;
    }
  | {
      readonly type: 'degree.estimated';
      readonly programme: string;
      readonly percent: number;
      readonly on: string;
    }
  | {
      readonly type: 'staff.prepared';
      readonly staff: string;
      readonly preparation: Preparation;
      readonly on: string;
    }
  | {
      /** What is given out for a month from now on; the table itself lies beside the ledger, bound by its hash. */
      readonly type: 'month.published';
      readonly programme: string;
      readonly month: string;
      /** The size of the tree that it was counted at. */
      readonly size: string;
      /** SHA-256 over a random salt and the table's RFC 8785 bytes, hexadecimal. */
      readonly hash: string;
    }
  | {
      readonly type: 'contribution.made';
      readonly programme: string;
      readonly month: string;
      readonly size: string;
      readonly hash: string;
    }
  | {
      readonly type: 'member.changed';
      readonly programme: string;
      readonly member: string;
      readonly state: 'joined' | 'left';
    }
  | {
      readonly type: 'contribution.received';
      readonly programme: string;
      readonly member: string;
      readonly contribution: string;
      readonly month: string;
      readonly hash: string;
    };

/** The envelope of a leaf: what happened, who did it (a random staff id, or the system), when it happened and was recorded. */
export interface Leaf {
  readonly v: 1;
  readonly actor: string;
  readonly occurredAt: string;
  readonly recordedAt: string;
  readonly entry: LedgerEntry;
}

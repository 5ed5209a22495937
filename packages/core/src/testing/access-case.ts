import type { Permission } from '../contract/index.ts';
import type { Place } from './access-place.ts';
import type { Person, Sending } from './people.ts';

/** One request of an operation that succeeds for whoever may make it, and what that takes. */
export interface Case {
  readonly operation: string;
  /** Where an operation is tried in more than one way. */
  readonly how?: string;
  /**
   * All of these; none means that any valid token will do. What takes a link to a call is refused to every token as if the
   * link did not hold; what takes nothing answers everybody alike.
   */
  readonly needs: readonly Permission[] | 'more than anybody has' | 'a link' | 'nothing';
  /** Who lacks this, though they have what the case needs, gets that status. */
  readonly unless?: readonly [permission: Permission | 'more than anybody has', status: number];
  /** Concerns all municipalities, and is therefore not tried as "another municipality's". */
  readonly wholeInstallation?: true;
  readonly make: (place: Place, who: Person, where: 'near' | 'far') => Sending | Promise<Sending>;
}

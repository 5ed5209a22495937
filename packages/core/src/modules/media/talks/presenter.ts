import type { Talk, TalkPage, Talks } from '../../../contract/index.ts';
import { firstName } from '../presenter.ts';
import type { TalkSeen } from './service.ts';
import type { Counter, TalkRow } from './store.ts';

export const presentTalk = (talk: TalkRow): Talk => ({
  id: talk.id,
  citizen: talk.citizen,
  worker: talk.worker,
  state: talk.state,
  wishedAt: talk.wishedAt.toISOString(),
  askedAt: talk.askedAt.toISOString(),
  answeredAt: talk.answeredAt?.toISOString() ?? null,
  visit: talk.visitId,
});

export const presentTalks = (found: {
  readonly asked: readonly TalkRow[];
  readonly proposed: readonly Counter[];
}): Talks => ({
  asked: found.asked.map(presentTalk),
  proposed: found.proposed.map(({ visit, citizen, startsAt, endsAt }) => ({
    visit,
    citizen,
    startsAt: startsAt.toISOString(),
    endsAt: endsAt.toISOString(),
  })),
});

/** For the citizen: nothing of the worker but their first name and when they may be asked. */
export const presentTalkPage = ({ partner, asked, times }: TalkSeen): TalkPage => ({
  worker: firstName(partner.name),
  asked:
    asked === null ? null : { wishedAt: asked.wishedAt.toISOString(), askedAt: asked.askedAt.toISOString() },
  times: times.map((time) => time.toISOString()),
});

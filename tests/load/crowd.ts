import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setPriority } from 'node:os';
import path from 'node:path';
import type { CrowdAnswer, CrowdCommand, MemberPlan, MemberReport } from './messages.ts';

const answerLimitMs = 60_000;
const endLimitMs = 30_000;

type AnswerOf<Kind extends CrowdAnswer['kind']> = Extract<CrowdAnswer, { kind: Kind }>;

/** One process with participants in it. */
export class Crowd {
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  readonly #waiting = new Set<{ hear(answer: CrowdAnswer): void; giveUp(): void }>();

  private constructor() {
    this.#child = fork(path.join(import.meta.dirname, 'crowd-process.ts'), { execArgv: process.execArgv });
    this.#ended = once(this.#child, 'exit');
    this.#child.on('message', (message) => {
      // Only our own child speaks on this channel.
      for (const waiting of [...this.#waiting]) waiting.hear(message as CrowdAnswer);
    });
    this.#child.once('exit', () => {
      for (const waiting of [...this.#waiting]) waiting.giveUp();
    });
  }

  /** `niceness` as nice(1) counts it: 10 gives way to everything else. */
  static async start({ niceness = 0 }: { readonly niceness?: number } = {}): Promise<Crowd> {
    const crowd = new Crowd();
    if (niceness !== 0 && crowd.#child.pid !== undefined) setPriority(crowd.#child.pid, niceness);
    await crowd.#answer('ready', () => true);
    return crowd;
  }

  /** Resolves with null once the participant is in its call, otherwise with why it is not. */
  join(member: MemberPlan): Promise<string | null> {
    return this.#ask({ kind: 'join', member }, 'settled', (one) => one.identity === member.identity).then(
      ({ failure }) => failure,
    );
  }

  /** What the participant saw; it is still there, but sends nothing more. */
  finish(identity: string): Promise<MemberReport> {
    return this.#ask(
      { kind: 'finish', identity },
      'finished',
      (one) => one.report.identity === identity,
    ).then(({ report }) => report);
  }

  async leave(identity: string): Promise<void> {
    await this.#ask({ kind: 'leave', identity }, 'left', (one) => one.identity === identity);
  }

  /** Since it was asked last: processors' time over time, and how late the process's timers were. */
  measure(): Promise<{ readonly cores: number; readonly delayP99Ms: number }> {
    return this.#ask({ kind: 'measure' }, 'measured', () => true);
  }

  /** Whoever is still there leaves first. */
  async close(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.disconnect();
    const impatience = setTimeout(() => this.#child.kill('SIGKILL'), endLimitMs);
    await this.#ended;
    clearTimeout(impatience);
  }

  #ask<Kind extends CrowdAnswer['kind']>(
    command: CrowdCommand,
    kind: Kind,
    fits: (answer: AnswerOf<Kind>) => boolean,
  ): Promise<AnswerOf<Kind>> {
    const answer = this.#answer(kind, fits);
    this.#child.send(command);
    return answer;
  }

  #answer<Kind extends CrowdAnswer['kind']>(
    kind: Kind,
    fits: (answer: AnswerOf<Kind>) => boolean,
  ): Promise<AnswerOf<Kind>> {
    return new Promise((resolve, reject) => {
      const fail = (why: string) => {
        finish();
        reject(new Error(why));
      };
      const timer = setTimeout(
        () => fail(`the participants did not answer with "${kind}" in time`),
        answerLimitMs,
      );
      const waiting = {
        hear: (answer: CrowdAnswer) => {
          if (!isOfKind(answer, kind) || !fits(answer)) return;
          finish();
          resolve(answer);
        },
        giveUp: () => fail('the process of the participants has ended'),
      };
      const finish = () => {
        clearTimeout(timer);
        this.#waiting.delete(waiting);
      };
      this.#waiting.add(waiting);
    });
  }
}

function isOfKind<Kind extends CrowdAnswer['kind']>(
  answer: CrowdAnswer,
  kind: Kind,
): answer is AnswerOf<Kind> {
  return answer.kind === kind;
}

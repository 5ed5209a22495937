import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { retentionDays } from './schedules.ts';

/** How each row of the operator's guide begins. */
const rows: Readonly<Record<keyof typeof retentionDays, string>> = {
  idempotencyRecords: 'idempotency keys',
  changeEvents: 'change events',
  sentMessages: 'sent messages of the outbox',
  mailboxItems: 'what lies in the mailbox',
  mediaWebhooks: 'which webhooks of the media server were taken',
  linkAsks: 'who asked for a new link',
  messages: 'messages to citizens and guests',
  calls: 'calls, links without their secrets',
  talks: 'talks that were asked for',
};

describe('what is deleted after a while', () => {
  it('stands in the guide for operators, with its days', async () => {
    const guide = await readFile(new URL('../../../../docs/operator.md', import.meta.url), 'utf8');
    const said = Object.entries(rows).map(([what, begins]) => {
      const row = guide.split('\n').find((line) => line.startsWith(`| ${begins}`));
      return [what, Number(/\| (\d+) days/.exec(row ?? '')?.[1])];
    });
    expect(Object.fromEntries(said)).toEqual(retentionDays);
  });
});

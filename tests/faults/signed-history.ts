import type { Client } from '@naer/core/client';
import { api, type LedgerLeaf } from '@naer/core/contract';
import { expect } from 'vitest';
import { collect } from '../support/pages.ts';
import { extendsHead, openHead, rootOfEntries } from '../support/signed-heads.ts';

/** What was ever to be seen of a log, kept outside it. */
export interface SignedHistory {
  /** Reads the head, now and as soon as it is answered again, until it is stopped. */
  watch(client: Client): { sawNew(): Promise<void>; stop(): Promise<void> };
  /** Notes all heads and the leaves that are new, and that those known before are what they were. */
  note(client: Client): Promise<void>;
  /**
   * Every head ever seen, more than `moreThan` of them, is the beginning of the last one, which covers every leaf; returns
   * the leaves.
   */
  expectOne(client: Client, heads: { readonly moreThan: number }): Promise<readonly LedgerLeaf[]>;
}

export function createSignedHistory(): SignedHistory {
  /** By their note, since a fork would be two for one size. */
  const notes = new Set<string>();
  const leaves: LedgerLeaf[] = [];

  const note = async (client: Client): Promise<void> => {
    const heads = await collect((cursor) =>
      client.call(api.ledger.listCheckpoints, { query: { limit: 200, ...cursor } }),
    );
    for (const head of heads) notes.add(head.note);
    // The last one known is read again with those that came after it.
    const from = String(Math.max(0, leaves.length - 1));
    const read = await collect((cursor) =>
      client.call(api.ledger.listLeaves, { query: { limit: 200, from, ...cursor } }),
    );
    if (leaves.length > 0) expect(read[0]).toEqual(leaves.at(-1));
    leaves.splice(Number(from), 1, ...read);
  };

  return {
    note,
    watch: (client) => {
      let watching = true;
      const news = Promise.withResolvers<void>();
      const loop = (async () => {
        while (watching) {
          // Not answered, or nothing signed yet: both are part of a day with kills in it.
          const head = await client.call(api.ledger.head, {}).catch(() => null);
          if (head?.checkpoint != null) {
            if (!notes.has(head.checkpoint.note)) news.resolve();
            notes.add(head.checkpoint.note);
          }
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
      })();
      return {
        /** A head that was not known before, since it watches. */
        sawNew: () => news.promise,
        stop: async () => {
          watching = false;
          await loop;
        },
      };
    },
    expectOne: async (client, { moreThan }) => {
      await expect
        .poll(async () => (await client.call(api.ledger.head, {})).waiting, { timeout: 20_000 })
        .toBe(0);
      await note(client);
      expect(leaves.map(({ index }) => index)).toEqual(leaves.map((_, index) => String(index)));
      const whole = await collect((cursor) =>
        client.call(api.ledger.listLeaves, { query: { limit: 200, ...cursor } }),
      );
      expect(whole).toEqual(leaves);

      const keys = (await client.call(api.ledger.listKeys, {})).items.map(({ verifierKey }) => verifierKey);
      const heads = [...notes].map((text) => openHead(text, keys)).sort((a, b) => a.size - b.size);
      const last = heads.at(-1);
      if (last === undefined) throw new Error('nothing was signed');
      expect(heads.length).toBeGreaterThan(moreThan);
      expect(last.size).toBe(leaves.length);
      expect(last.root).toBe(rootOfEntries(leaves.map(({ entry }) => entry)));
      expect(heads.map(({ size }) => size)).toEqual([...new Set(heads.map(({ size }) => size))]);
      expect(new Set(heads.map(({ origin }) => origin)).size).toBe(1);
      for (const head of heads) {
        const { hashes } = await client.call(api.ledger.proveConsistency, {
          query: { from: String(head.size), size: String(last.size) },
        });
        expect([head.size, extendsHead(head, last, hashes)]).toEqual([head.size, true]);
      }
      return leaves;
    },
  };
}

import type { Case } from './access-case.ts';

/** What stands in the mailbox holds an address and a link: it is an identity. */
export const messageCases: readonly Case[] = [
  { operation: 'messages.list', needs: ['messages:read'], make: () => ({}) },
  {
    operation: 'messages.show',
    how: 'with identities',
    needs: ['messages:read-mailbox'],
    make: async (place, _who, where) => ({ params: { id: await place.mail(where) } }),
  },
  {
    operation: 'messages.retry',
    needs: ['messages:retry'],
    make: async (place, _who, where) => ({ params: { id: await place.failedMessage(where) } }),
  },
];

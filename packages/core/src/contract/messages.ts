import { z } from 'zod';
import { messageChannels, messageKinds, messageStates } from './call-codes.ts';
import { byId, citizenCode, id, instant, page, pageQuery } from './primitives.ts';
import { route } from './route.ts';

/** A message to a citizen or guest, without what it says and where it goes. */
export const message = z.object({
  id,
  kind: z.enum(messageKinds),
  citizen: citizenCode.nullable(),
  visit: id.nullable(),
  channel: z.enum(messageChannels),
  state: z.enum(messageStates),
  sendAt: instant,
  sentAt: instant.nullable(),
  deliveredAt: instant.nullable(),
  attempts: z.int(),
});
export type Message = z.infer<typeof message>;

/** What lies in the mailbox of the embedded default: the message as it would have gone out. */
export const mail = z.object({
  id,
  kind: z.enum(messageKinds),
  channel: z.enum(['sms', 'mail']),
  to: z.string(),
  subject: z.string().nullable(),
  text: z.string(),
  /** The calendar entry that goes with it (RFC 5545). */
  calendar: z.string().nullable(),
  at: instant,
});
export type Mail = z.infer<typeof mail>;

export const messagesRoutes = {
  list: route(
    'messages.list',
    'GET',
    '/messages',
    {
      access: 'messages:read',
      summary: 'Messages that went out, wait or failed; never what they say',
      query: z.object({
        ...pageQuery,
        state: z.enum(messageStates).optional(),
        citizen: citizenCode.optional(),
      }),
    },
    page(message),
  ),
  show: route(
    'messages.show',
    'POST',
    '/messages/:id/read',
    {
      access: 'messages:read-mailbox',
      summary: 'Read a message of the mailbox, where no SMTP or SMS is set up; the reading is logged',
      params: byId,
    },
    mail,
  ),
  retry: route(
    'messages.retry',
    'POST',
    '/messages/:id/retry',
    { access: 'messages:retry', summary: 'Try a message that was given up once more', params: byId },
    message,
  ),
} as const;

export {
  createMessageDelivery,
  type LinkWish,
  type MessageDelivery,
  type MessageDeliveryDeps,
  type TakenUp,
} from './delivery.ts';
export { createMailSender, type MailSender } from './mail.ts';
export { createMessaging, type Messaging, webhookKind } from './messaging.ts';
export {
  atOnceKinds,
  createMessagesDue,
  createMessenger,
  goesAtOnce,
  type Messenger,
  type Recipient,
  type SendFacts,
  type VisitNews,
} from './messenger.ts';
export { messagingPolicy } from './policy.ts';
export { registerReceipts } from './receipts.ts';
export { isReminder } from './reminders.ts';
export { registerMessageRoutes } from './routes.ts';
export { createMessages, type MessagesService } from './service.ts';
export { createSmsSender, type SmsSender } from './sms.ts';
export {
  type Answer,
  createWebhookSender,
  type Delivery,
  type DeliveryOptions,
  DeliveryRefused,
  deliverWebhook,
  isFinalRefusal,
  parseRetryAfter,
  type WebhookTarget,
  webhookKeyOf,
} from './webhook.ts';

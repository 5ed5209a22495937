export { createMessaging, type Messaging, webhookKind } from './messaging.ts';
export {
  createWebhookSender,
  type Delivery,
  DeliveryRefused,
  deliverWebhook,
  parseRetryAfter,
  type WebhookTarget,
  webhookKeyOf,
} from './webhook.ts';

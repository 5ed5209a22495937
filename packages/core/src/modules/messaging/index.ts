export { createMessaging, type Messaging, webhookKind } from './messaging.ts';
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

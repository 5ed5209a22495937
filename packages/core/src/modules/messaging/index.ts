export { createMessaging, type Messaging, webhookKind } from './messaging.ts';
export {
  type Delivery,
  DeliveryRefused,
  deliverWebhook,
  parseRetryAfter,
  type WebhookTarget,
} from './webhook.ts';

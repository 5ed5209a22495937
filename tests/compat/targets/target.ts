import type { WebhookInbox } from '../webhooks.ts';

/** Settings both servers know, under names of our own; each target writes them into its server's configuration. */
export interface TargetSettings {
  readonly autoCreate?: boolean;
  /** Who hears of what happens, instead of the inbox of `webhooks`. */
  readonly webhookUrl?: string;
}

/** A running server, as clients see it. */
export interface RunningServer {
  /** ws://127.0.0.1:port */
  readonly url: string;
  /** http://127.0.0.1:port */
  readonly httpUrl: string;
  readonly pid: number;
  readonly webhooks: WebhookInbox;
  /** As an operator ends it; resolves when the process has. */
  stop(): Promise<void>;
  /** As a crash would. */
  kill(): Promise<void>;
}

export interface Target {
  readonly name: 'livekit' | 'ours';
  readonly title: string;
  start(settings?: TargetSettings): Promise<RunningServer>;
}

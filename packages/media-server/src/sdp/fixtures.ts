// Session descriptions of real clients, for tests.
import { readFileSync } from 'node:fs';

export type FixtureName =
  | 'chromium-v0-publisher'
  | 'chromium-v0-subscriber-answer'
  | 'chromium-v1-join'
  | 'chromium-v1-publishing'
  | 'firefox-shaped-publishing'
  | 'firefox-v0-publisher'
  | 'firefox-v1-publishing'
  | 'firefox-v1-publishing-again'
  | 'rtc-node-v1-join'
  | 'safari-shaped-publishing';

export function fixture(name: FixtureName): string {
  return readFileSync(new URL(`./fixtures/${name}.sdp`, import.meta.url), 'utf8');
}

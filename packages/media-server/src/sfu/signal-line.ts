import type { ServerMessage } from '../protocol/server-messages.ts';
import type { SignalSink } from './rooms.ts';

/** A participant's way to its client: one socket after another, or for a while none. */
export class SignalLine {
  #sink: SignalSink | null;

  constructor(sink: SignalSink) {
    this.#sink = sink;
  }

  get isOpen(): boolean {
    return this.#sink !== null;
  }

  /** What is said while there is no socket is lost; a resume says again what matters. */
  send(message: ServerMessage): void {
    this.#sink?.send(message);
  }

  /** False where that socket is not the one in use any more. */
  lost(sink: SignalSink): boolean {
    if (this.#sink !== sink) return false;
    this.#sink = null;
    return true;
  }

  takeUp(sink: SignalSink): void {
    const older = this.#sink;
    this.#sink = sink;
    older?.close();
  }

  close(): void {
    const sink = this.#sink;
    this.#sink = null;
    sink?.close();
  }
}

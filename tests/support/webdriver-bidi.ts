// As much of WebDriver BiDi (https://w3c.github.io/webdriver-bidi/) as driving pages of a stock Firefox takes.
// playwright-core speaks it too, but asks for commands that the long-term release of Firefox does not have.

export type Parameters = Readonly<Record<string, unknown>>;

/** A message of the remote end, as far as it is read here. */
interface Message {
  readonly type?: 'success' | 'error' | 'event';
  readonly id?: number | null;
  readonly result?: Parameters;
  readonly error?: string;
  readonly message?: string;
  readonly method?: string;
  readonly params?: Parameters;
}

interface Pending {
  readonly resolve: (result: Parameters) => void;
  readonly reject: (error: Error) => void;
}

/** One session: commands are answered in their own time, events go to whoever listens for their method. */
export class BidiSession {
  /** What the browser said of itself: browserName, browserVersion, … */
  capabilities: Parameters = {};
  readonly #socket: WebSocket;
  readonly #pending = new Map<number, Pending>();
  readonly #listeners = new Set<(method: string, parameters: Parameters) => void>();
  #lastId = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => this.#take(JSON.parse(String(data)) as Message));
    socket.addEventListener('close', () => this.#end());
  }

  /** `url` is what the browser says it listens on, e.g. ws://127.0.0.1:9222. */
  static async open(url: string): Promise<BidiSession> {
    const socket = new WebSocket(`${url}/session`);
    await new Promise((resolve, reject) => {
      socket.addEventListener('open', resolve, { once: true });
      socket.addEventListener('error', () => reject(new Error('the browser cannot be driven')), {
        once: true,
      });
    });
    const session = new BidiSession(socket);
    const { capabilities } = await session.send('session.new', { capabilities: {} });
    session.capabilities = capabilities as Parameters;
    return session;
  }

  /** Rejects with the protocol's error, or once the connection is gone. */
  send(method: string, params: Parameters = {}): Promise<Parameters> {
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve, reject) => {
      if (this.#socket.readyState !== WebSocket.OPEN) {
        reject(new Error('the browser is gone'));
        return;
      }
      this.#pending.set(id, { resolve, reject });
      this.#socket.send(JSON.stringify({ id, method, params }));
    });
  }

  /** Hears the events that were subscribed to; returns what ends it. */
  listen(listener: (method: string, parameters: Parameters) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  close(): void {
    this.#socket.close();
  }

  #take(message: Message): void {
    if (message.type === 'event') {
      for (const listener of this.#listeners) listener(message.method ?? '', message.params ?? {});
      return;
    }
    const pending = this.#pending.get(message.id ?? 0);
    this.#pending.delete(message.id ?? 0);
    if (message.type === 'success') pending?.resolve(message.result ?? {});
    else pending?.reject(new Error(`${message.error ?? 'error'}: ${message.message ?? ''}`));
  }

  #end(): void {
    for (const { reject } of this.#pending.values()) reject(new Error('the browser is gone'));
    this.#pending.clear();
  }
}

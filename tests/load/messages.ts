/** What everybody in a load sends. */
export interface MediaPlan {
  readonly video: {
    readonly width: number;
    readonly height: number;
    readonly framesPerSecond: number;
    readonly simulcast: boolean;
    readonly bitsPerSecond: number;
  } | null;
  readonly audio: boolean;
  /** Lossy data packets a second, each with the time at which it was sent. */
  readonly dataPerSecond: number;
}

/** One participant of a one-to-one call. */
export interface MemberPlan {
  readonly identity: string;
  readonly url: string;
  readonly token: string;
  /** When to call `connect()`: nanoseconds of `process.hrtime.bigint()`, which all processes of a machine share. */
  readonly joinAtNs: string;
  readonly media: MediaPlan;
}

export interface ReceivedMedia {
  readonly packets: number;
  /** By the receiver's own count: what never came, not even when it was asked for again. */
  readonly lost: number;
  readonly nacks: number;
}

/** What one participant saw until it left. Times in milliseconds. */
export interface MemberReport {
  readonly identity: string;
  /** Why it never got in; null where it did. */
  readonly failure: string | null;
  /** connect() until it resolved. */
  readonly connectMs: number | null;
  /** connect() until the first picture of the other one was decoded. */
  readonly pictureMs: number | null;
  /** Reasons for which it lost the room without having left. */
  readonly dropped: readonly string[];
  readonly reconnections: number;
  readonly audio: ReceivedMedia | null;
  readonly video: (ReceivedMedia & { readonly frames: number; readonly freezes: number }) | null;
  readonly data: {
    readonly received: number;
    /** Numbers left out between the first and the last one that came. */
    readonly lost: number;
    /** One way, sender's publishData() until the receiver's event. */
    readonly delaysMs: readonly number[];
  };
}

export type CrowdCommand =
  | { readonly kind: 'join'; readonly member: MemberPlan }
  /** The participant stays, sends nothing more, and its report is given. */
  | { readonly kind: 'finish'; readonly identity: string }
  | { readonly kind: 'leave'; readonly identity: string }
  | { readonly kind: 'measure' };

export type CrowdAnswer =
  | { readonly kind: 'ready' }
  /** Connected and, where video is sent, with a picture of the other one. */
  | { readonly kind: 'settled'; readonly identity: string; readonly failure: string | null }
  | { readonly kind: 'finished'; readonly report: MemberReport }
  | { readonly kind: 'left'; readonly identity: string }
  /** Of the process since it was asked last: how much of a processor it took, and how late its timers were. */
  | { readonly kind: 'measured'; readonly cores: number; readonly delayP99Ms: number };

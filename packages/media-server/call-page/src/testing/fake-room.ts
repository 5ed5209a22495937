import type { CallEncryption } from '@naer/core/contract/call-codes';
import {
  type MediaRoom,
  type OtherView,
  type RoomEvents,
  RoomFailure,
  type RoomView,
  type TrackStats,
  type TrackView,
} from '../media/room.ts';
import type { EndReason } from '../media/state.ts';

type Facing = 'user' | 'environment';

export const aTrack = (id: string, changes: Partial<TrackView> = {}): TrackView => ({
  id,
  muted: false,
  live: true,
  encrypted: true,
  ...changes,
});

export const another = (identity: string, changes: Partial<OtherView> = {}): OtherView => ({
  identity,
  camera: aTrack(`${identity}-camera`),
  screen: null,
  microphone: aTrack(`${identity}-microphone`),
  speaking: false,
  quality: 'good',
  ...changes,
});

/** A room that does what a test says. Nothing is told unless the test tells it. */
export class FakeRoom implements MediaRoom {
  view: RoomView = {
    state: 'disconnected',
    others: [],
    camera: null,
    microphone: null,
    screen: null,
    quality: 'good',
    encrypting: false,
    mayPlay: true,
  };
  events: RoomEvents | null = null;
  readonly done: string[] = [];
  /** What the next acts of a name throw. */
  readonly failing = new Map<string, unknown>();
  counted: TrackStats[] = [];
  closed = false;
  /** As a telephone's cameras know where they look, and those of a PC do not. */
  knowsFacing = true;

  set(changes: Partial<RoomView>): void {
    this.view = { ...this.view, ...changes };
  }

  lose(reason: EndReason = 'vanished'): void {
    this.set({ state: 'disconnected', others: [], camera: null, microphone: null });
    this.events?.ended(reason);
  }

  read(): RoomView {
    return this.view;
  }

  listen(events: RoomEvents): void {
    this.events = events;
  }

  async connect(url: string, token: string): Promise<void> {
    await this.#do(`connect ${url} ${token}`, 'connect');
    this.set({ state: 'connected' });
  }

  async disconnect(): Promise<void> {
    this.set({ state: 'disconnected' });
  }

  async setCamera(on: boolean, wish: { deviceId?: string | undefined; facing: Facing }): Promise<void> {
    await this.#do(`camera ${on} ${wish.deviceId ?? wish.facing}`, 'camera');
    const facing = this.knowsFacing && wish.deviceId === undefined ? wish.facing : null;
    this.set({ camera: on ? { id: 'own', deviceId: wish.deviceId ?? 'any', facing, ended: false } : null });
  }

  async turnCamera(facing: Facing): Promise<void> {
    await this.#do(`turn ${facing}`, `turn ${facing}`);
    if (this.view.camera !== null) this.set({ camera: { ...this.view.camera, facing } });
  }

  async setMicrophone(on: boolean, deviceId?: string): Promise<void> {
    await this.#do(`microphone ${on} ${deviceId ?? 'any'}`, 'microphone');
    const facing = null;
    this.set({ microphone: on ? { id: 'own', deviceId: deviceId ?? 'any', facing, ended: false } : null });
  }

  async setSharing(on: boolean): Promise<void> {
    await this.#do(`sharing ${on}`, 'sharing');
    this.set({ screen: on ? { id: 'screen', deviceId: null, facing: null, ended: false } : null });
  }

  async chooseDevice(kind: string, id: string): Promise<void> {
    await this.#do(`device ${kind} ${id}`, 'device');
    const { camera } = this.view;
    const facing = this.knowsFacing ? (id.startsWith('back') ? 'environment' : 'user') : null;
    if (kind === 'camera' && camera !== null) this.set({ camera: { ...camera, deviceId: id, facing } });
  }

  async setEncryption(encryption: CallEncryption): Promise<void> {
    this.set({ encrypting: encryption === 'end-to-end' });
  }

  async setKey(epoch: number): Promise<void> {
    await this.#do(`key ${epoch}`, 'key');
  }

  async sendText(text: string): Promise<void> {
    await this.#do(`text ${text}`, 'text');
  }

  async sendPlan(text: string): Promise<void> {
    await this.#do(`plan ${text}`, 'plan');
  }

  async startSound(): Promise<void> {
    this.set({ mayPlay: true });
  }

  show(): () => void {
    return () => {};
  }

  async stats(): Promise<readonly TrackStats[]> {
    return this.counted;
  }

  close(): void {
    this.closed = true;
    this.set({ state: 'disconnected' });
  }

  async #do(what: string, name: string): Promise<void> {
    this.done.push(what);
    const error = this.failing.get(name);
    if (error === 'nobody there') throw new RoomFailure('signalling', null);
    if (error === 'no media') throw new RoomFailure('media', null);
    if (typeof error === 'function') await error();
    else if (error !== undefined) throw error;
  }
}

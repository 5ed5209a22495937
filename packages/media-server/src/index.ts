export { type Clock, systemClock } from './clock.ts';
export { loadMediaConfig, type MediaConfig, MediaConfigError, Secret } from './config.ts';
export { defaultLimits, type Limits } from './limits.ts';
export type { Log } from './log.ts';
export { type MediaServer, type MediaServerOptions, startMediaServer } from './server.ts';
export { type MediaSetting, mediaSettings } from './settings.ts';

export { type Config, loadConfig, type MediaConfig } from './config.ts';
export { Secret } from './secret.ts';
export { type Setting, settings } from './settings.ts';

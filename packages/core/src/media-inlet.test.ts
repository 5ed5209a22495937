import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type MediaInlet, openMediaInlet } from './media-inlet.ts';

describe('the inlet for webhooks of the media server beside core', () => {
  let inlet: MediaInlet;
  beforeEach(async () => {
    inlet = await openMediaInlet();
  });
  afterEach(() => inlet.close());
  const post = async (url: string): Promise<number> => (await fetch(url, { method: 'POST' })).status;

  it('is on this machine only, and asks for patience until core is there', async () => {
    expect(new URL(inlet.url).hostname).toBe('127.0.0.1');
    expect(await post(inlet.url)).toBe(503);
    inlet.serve((_request, response) => void response.writeHead(200).end());
    expect(await post(inlet.url)).toBe(200);
  });

  it('lets nothing else in', async () => {
    inlet.serve((_request, response) => void response.writeHead(200).end());
    expect(await post(new URL('/staff', inlet.url).href)).toBe(404);
    expect((await fetch(inlet.url)).status).toBe(404);
  });
});

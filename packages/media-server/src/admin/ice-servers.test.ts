import { describe, expect, it } from 'vitest';
import { Secret } from '../secret.ts';
import { iceServersOf } from './ice-servers.ts';

const clock = { wallMs: () => 1_700_000_000_000, mediaMs: () => 0 };

describe('the STUN and TURN servers that clients are told of', () => {
  it('are none unless there are settings', () => {
    expect(iceServersOf({ stunUrls: [], turn: null }, clock)).toEqual([]);
  });

  it('carry a fixed login as it is', () => {
    const login = { kind: 'fixed', username: 'us', credential: new Secret('word') } as const;
    const servers = iceServersOf(
      { stunUrls: ['stun:a.example'], turn: { urls: ['turn:b.example'], login } },
      clock,
    );
    expect(servers.map(({ urls, username, credential }) => [urls, username, credential])).toEqual([
      [['stun:a.example'], '', ''],
      [['turn:b.example'], 'us', 'word'],
    ]);
  });

  it('carry a login for one day where the relay shares a secret with us', () => {
    const login = { kind: 'timed', secret: new Secret('shared') } as const;
    const [server] = iceServersOf({ stunUrls: [], turn: { urls: ['turn:b.example'], login } }, clock);
    expect(server?.username).toBe('1700086400:naer');
    // openssl: printf '1700086400:naer' | openssl dgst -sha1 -hmac shared -binary | base64
    expect(server?.credential).toBe('bCULSZF+y2lQIUbYWWoz01nKlKo=');
  });
});

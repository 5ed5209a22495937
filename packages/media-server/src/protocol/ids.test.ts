import { DisconnectReason, LeaveRequest_Action } from '@livekit/protocol';
import { describe, expect, it } from 'vitest';
import { newSid, newTrackSid } from './ids.ts';
import { leave } from './leave.ts';

describe('a sid', () => {
  it('tells what it names, and of a track its kind and source', () => {
    expect(newSid('PA')).toMatch(/^PA_[2-9A-HJ-NP-Za-km-z]{12}$/);
    expect(newTrackSid('video', 'camera')).toMatch(/^TR_VC.{12}$/);
    expect(newTrackSid('audio', 'microphone')).toMatch(/^TR_AM.{12}$/);
    expect(newTrackSid('video', 'screen_share')).toMatch(/^TR_VS.{12}$/);
    expect(newTrackSid('audio', 'screen_share_audio')).toMatch(/^TR_As.{12}$/);
    expect(newTrackSid('audio', 'unknown')).toMatch(/^TR_A.{12}$/);
  });

  it('is never the same, and uses every letter', () => {
    const sids = Array.from({ length: 2000 }, () => newSid('TR'));
    expect(new Set(sids).size).toBe(2000);
    expect(new Set(sids.map((sid) => sid.slice(3)).join('')).size).toBe(57);
  });
});

describe('a leave', () => {
  it.each([
    ['disconnect', LeaveRequest_Action.DISCONNECT, false],
    ['resume', LeaveRequest_Action.RESUME, true],
    ['reconnect', LeaveRequest_Action.RECONNECT, true],
  ] as const)('to %s says so to old clients and to new ones', (action, wire, canReconnect) => {
    expect(leave(DisconnectReason.STATE_MISMATCH, action)).toMatchObject({
      case: 'leave',
      value: { reason: DisconnectReason.STATE_MISMATCH, action: wire, canReconnect },
    });
  });
});

import { ParticipantInfo, ParticipantInfo_State } from '@livekit/protocol';
import { describe, expect, test } from 'vitest';
import { ParticipantUpdates } from './participant-updates.ts';

const info = (metadata = '', state = ParticipantInfo_State.ACTIVE) =>
  new ParticipantInfo({ sid: 'PA_1', identity: 'anna', metadata, state });

describe('news of one participant', () => {
  test('go at once, up to a rate, beyond which the newest waits for the batch', () => {
    const updates = new ParticipantUpdates();
    let told = 0;
    for (let i = 0; i < 1000; i++) told += updates.push(info(`${i}`), true, i).length;
    expect(told).toBeGreaterThanOrEqual(20);
    expect(told).toBeLessThanOrEqual(30);
    expect(updates.take().map(({ metadata }) => metadata)).toEqual(['999']);
    expect(updates.push(info('later'), true, 5000)).toHaveLength(1);
  });

  test('are fewer the more there is to tell, and one is always told', () => {
    const updates = new ParticipantUpdates();
    const large = 'x'.repeat(64 * 1024);
    let told = 0;
    for (let i = 0; i < 1000; i++) told += updates.push(info(large), true, i).length;
    expect(told).toBe(1);
  });

  test('that it is gone are never late, and take what waited along', () => {
    const updates = new ParticipantUpdates();
    for (let i = 0; i < 100; i++) updates.push(info(), true, 0);
    expect(updates.isEmpty).toBe(false);
    expect(updates.push(info('', ParticipantInfo_State.DISCONNECTED), true, 0)).toHaveLength(1);
    expect(updates.isEmpty).toBe(true);
  });
});

import { describe, expect, it } from 'vitest';
import { callDefaults, talkHours, usualCallDefaults } from './ground-rules.ts';

describe("a municipality's numbers for those in trouble", () => {
  const acute = (acutePhone: string) => callDefaults.shape.acutePhone.safeParse(acutePhone);

  it('may be short, as 112 and 1813 are, and stay as they are dialled', () => {
    expect(['112', '18 13', '116111'].map((text) => acute(text).data)).toEqual(['112', '1813', '116111']);
    expect(acute('70 00 00 00').data).toBe('+4570000000');
  });

  it.each(['12', '212', '1234567', 'ring 112', '+45112', ''])('are no other text: %s', (text) => {
    expect(acute(text).success).toBe(false);
  });

  it('say that a CPR number is one', () => {
    expect(acute('010203-1234').error?.issues[0]?.message).toBe('cpr_refused');
  });

  it('are good as they usually are', () => {
    expect(callDefaults.parse(usualCallDefaults)).toEqual(usualCallDefaults);
  });
});

describe('hours for talks', () => {
  const span = (weekday: number, from: string, until: string) => ({ weekday, from, until });
  const isGood = (...hours: object[]) => talkHours.shape.hours.safeParse(hours).success;

  it('may be several on a day, side by side', () => {
    expect(isGood(span(1, '09:00', '10:00'), span(1, '10:00', '12:00'), span(2, '09:00', '10:00'))).toBe(
      true,
    );
  });

  it('neither end before they begin nor overlap', () => {
    expect(isGood(span(1, '10:00', '09:00'))).toBe(false);
    expect(isGood(span(1, '10:00', '10:00'))).toBe(false);
    expect(isGood(span(1, '09:00', '11:00'), span(2, '10:00', '12:00'))).toBe(true);
    expect(isGood(span(1, '09:00', '11:00'), span(1, '10:00', '12:00'))).toBe(false);
    expect(isGood(span(1, '10:00', '12:00'), span(1, '09:00', '11:00'))).toBe(false);
  });

  it('are of seven weekdays and a day of 24 hours', () => {
    expect(isGood(span(0, '09:00', '10:00'))).toBe(false);
    expect(isGood(span(8, '09:00', '10:00'))).toBe(false);
    expect(isGood(span(7, '23:00', '24:00'))).toBe(true);
    expect(isGood(span(7, '23:00', '24:01'))).toBe(false);
  });
});

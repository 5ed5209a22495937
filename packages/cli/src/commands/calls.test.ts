import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Asked, fakeService, refusal, runCommand } from '../fixture.ts';
import { callOf, seatOf, talkOf, waitingOf } from '../fixture-calls.ts';
import { mondayMorning, visitOf } from '../fixture-visits.ts';
import { useLanguage } from '../language.ts';
import CallsAdmit from './calls/admit.ts';
import CallsInvite from './calls/invite.ts';
import CallsSendLink from './calls/send-link.ts';
import CallsShow from './calls/show.ts';
import MessagesList from './messages/list.ts';
import MessagesRetry from './messages/retry.ts';
import MessagesShow from './messages/show.ts';
import WaitingCommand from './root/waiting.ts';
import VisitsStart from './visits/start.ts';

beforeEach(() => {
  vi.useFakeTimers({ now: mondayMorning, toFake: ['Date'] });
});
afterEach(() => {
  useLanguage('da');
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const today = visitOf({ at: '2026-11-23T08:00:00.000Z' });
const body = (asked: Asked | undefined): unknown => JSON.parse(asked?.body ?? 'null');
const written = (asked: readonly Asked[]) => asked.filter(({ method }) => method !== 'GET');
/** Answers the list of visits with one, its call with `call`, and what is written with `answer`. */
const service = (visit: object, call: object, answer: object = call) =>
  fakeService(({ method, path }) => {
    if (method !== 'GET') return { body: answer };
    return { body: path.startsWith('/visits?') ? { items: [visit], next: null } : call };
  });
const link = 'https://naer.example.dk/s#AbC-_123';
const started = { url: link, expiresAt: '2026-11-23T08:02:00.000Z' };

describe('starting a visit', () => {
  it('by video gives a link where it is asked for, says how long it holds, and leaves the visit as it is', async () => {
    const { url, asked } = await service(today, callOf(), started);
    const { stdout, stderr, exit } = await runCommand(
      VisitsStart,
      ['B-7TXKK', '--print', '--agenda', 'Posten'],
      url,
    );
    expect({ stdout, exit }).toEqual({ stdout: `${link}\n`, exit: 0 });
    expect(stderr).toContain('senest kl. 09.02');
    expect(written(asked).map(({ path }) => path)).toEqual([`/visits/${today.id}/call/start`]);
    expect(body(written(asked)[0])).toEqual({ agenda: 'Posten' });
  });

  it('by video makes no link where no browser can be opened, so that the one before still holds', async () => {
    vi.stubEnv('DISPLAY', '');
    vi.stubEnv('WAYLAND_DISPLAY', '');
    vi.spyOn(process, 'platform', 'get').mockReturnValue('linux');
    const { url, asked } = await service(today, callOf(), started);
    const { stdout, stderr, exit } = await runCommand(VisitsStart, ['B-7TXKK'], url);
    expect({ stdout, exit }).toEqual({ stdout: '', exit: 4 });
    expect(stderr).toContain('--print');
    expect(written(asked)).toEqual([]);
  });

  it.each(['physical', 'phone'] as const)('of the kind %s begins it now, without a call', async (channel) => {
    const visit = visitOf({ ...today, channel });
    const { url, asked } = await service(visit, callOf(), visit);
    expect(await runCommand(VisitsStart, ['B-7TXKK'], url)).toMatchObject({ exit: 0 });
    expect(written(asked).map(({ path }) => path)).toEqual([`/visits/${visit.id}/start`]);
  });

  it('by video, told afterwards with --at, is recorded as it was', async () => {
    const { url, asked } = await service(today, callOf(), today);
    await runCommand(VisitsStart, ['B-7TXKK', '--at', '9.00'], url);
    expect(written(asked).map(({ path }) => path)).toEqual([`/visits/${today.id}/start`]);
  });

  it('shows the link in JSON only with --print', async () => {
    const { url } = await service(today, callOf(), started);
    const { stdout } = await runCommand(VisitsStart, ['B-7TXKK', '--print', '--json'], url);
    expect(JSON.parse(stdout)).toEqual({
      visit: today.id,
      citizen: 'B-7TXKK',
      expiresAt: started.expiresAt,
      url: link,
    });
  });
});

describe('a call', () => {
  const interpreter = seatOf({ kind: 'guest', role: 'interpreter', state: 'waiting' });
  const citizen = seatOf({
    kind: 'citizen',
    state: 'waiting',
    tests: [
      { step: 'camera', outcome: 'good' },
      { step: 'microphone', outcome: 'failed' },
    ],
  });
  const worker = seatOf({ kind: 'worker', initials: 'BM13', state: 'admitted', present: true });
  const call = callOf({ seats: [citizen, worker, interpreter] });

  it('shows who is there, since when, and what their test found', async () => {
    const { url } = await service(today, call);
    const { stdout } = await runCommand(CallsShow, ['B-7TXKK'], url);
    expect(stdout).toMatch(/borgeren +i venteværelset +08\.30 +\S+ +mikrofon virker ikke/);
    expect(stdout).toMatch(/medarbejderen BM13 +med i samtalen/);
    expect(stdout).toMatch(/tolk +i venteværelset/);
  });

  it('that failed shows at what, and who phones by when', async () => {
    const failure = {
      step: 'no-sound',
      at: '2026-11-23T08:05:00.000Z',
      caller: 'worker',
      phonesBy: '2026-11-23T08:08:00.000Z',
      speakAgain: 'same-day',
    } as const;
    const { url } = await service(today, callOf({ state: 'failed', failure }));
    const { stdout } = await runCommand(CallsShow, ['B-7TXKK'], url);
    expect(stdout).toContain('kl. 09.05: ingen lyd');
    expect(stdout.replace(/\s+/g, ' ')).toContain(
      'medarbejderen ringer til borgeren senest kl. 09.08; I taler videre senere samme dag',
    );
  });

  it('lets in whoever is named, and asks back where two wait and nobody is', async () => {
    const { url, asked } = await service(today, call);
    expect(await runCommand(CallsAdmit, ['B-7TXKK', 'tolk'], url)).toMatchObject({ exit: 0 });
    expect(written(asked).map(({ path }) => path)).toEqual([`/visits/${today.id}/call/admit`]);
    expect(body(written(asked)[0])).toEqual({ seat: interpreter.id });
    const unclear = await runCommand(CallsAdmit, ['B-7TXKK'], url);
    expect(unclear).toMatchObject({ exit: 2, stderr: expect.stringContaining('tolk (') });
    expect(written(asked).length).toBe(1);
  });

  it('in which nobody waits says so, with exit code 1', async () => {
    const { url } = await service(today, callOf());
    const { stderr, exit } = await runCommand(CallsAdmit, ['B-7TXKK'], url);
    expect(exit).toBe(1);
    expect(stderr).toContain('naer waiting');
  });

  it("sends a new link to the citizen unless somebody else is named, the next day's call as well", async () => {
    const next = visitOf();
    const { url, asked } = await service(next, call);
    await runCommand(CallsSendLink, ['B-7TXKK'], url);
    expect(written(asked)[0]?.path).toBe(`/visits/${next.id}/call/links`);
    expect(body(written(asked)[0])).toEqual({ seat: citizen.id });
  });

  it('sends a link with a new code that is shown here alone, or takes the code away', async () => {
    const { url, asked } = await service(today, call);
    const { stdout } = await runCommand(CallsSendLink, ['B-7TXKK', '--pin'], url);
    const { pin } = body(written(asked)[0]) as { pin: string };
    expect(pin).toMatch(/^\d{6}$/);
    expect(stdout).toContain(`Koden er ${pin}. Sig den selv.`);
    const { stdout: again } = await runCommand(CallsSendLink, ['B-7TXKK', '--pin', '--json'], url);
    expect(JSON.parse(again).pin).toBe((body(written(asked)[1]) as { pin: string }).pin);
    await runCommand(CallsSendLink, ['B-7TXKK', '--no-pin'], url);
    expect(body(written(asked)[2])).toEqual({ seat: citizen.id, pin: null });
  });

  it.each([
    [['--email', 'tolk@example.dk'], { email: 'tolk@example.dk' }],
    [['--phone', '20 00 00 00', '--language', 'en'], { phone: '20 00 00 00', language: 'en' }],
  ])('invites somebody by %j', async (argv, to) => {
    const { url, asked } = await fakeService(({ method, path }) =>
      method === 'POST'
        ? { status: 201, body: call }
        : { body: path.startsWith('/visits?') ? { items: [today], next: null } : call },
    );
    expect(await runCommand(CallsInvite, ['B-7TXKK', 'tolk', ...argv], url)).toMatchObject({ exit: 0 });
    expect(body(written(asked)[0])).toEqual({ role: 'interpreter', ...to });
  });

  it('invites nobody without an address', async () => {
    const { url, asked } = await service(today, call);
    const { stderr, exit } = await runCommand(CallsInvite, ['B-7TXKK', 'tolk'], url);
    expect(exit).toBe(2);
    expect(stderr).toContain('--email');
    expect(written(asked)).toEqual([]);
  });
});

describe('who waits', () => {
  it('is a table with since when and how long, and a command to let them in', async () => {
    const { url } = await fakeService(({ path }) => ({
      body: path.startsWith('/talks')
        ? { asked: [], proposed: [] }
        : { items: [waitingOf(), waitingOf({ byPhone: true })] },
    }));
    const { stdout, stderr, exit } = await runCommand(WaitingCommand, [], url);
    expect(exit).toBe(0);
    expect(stdout).toMatch(/B-7TXKK +borgeren +08\.56 +4 +09\.00/);
    expect(stdout).toContain('borgeren, i telefonen');
    expect(stderr).toContain('naer calls admit B-7TXKK');
  });

  it('is nobody, in words, and who waits for an answer about a talk', async () => {
    const { url } = await fakeService(({ path }) => ({
      body: path.startsWith('/talks') ? { asked: [talkOf()], proposed: [] } : { items: [] },
    }));
    const { stdout, stderr, exit } = await runCommand(WaitingCommand, [], url);
    expect({ stdout, exit }).toEqual({ stdout: 'Ingen venter.\n', exit: 0 });
    expect(stderr).toContain('1 borger venter på svar om en snak: naer talks list');
  });

  it('is told line by line while it is watched, until the service refuses', async () => {
    let looks = 0;
    const change = {
      position: '7',
      type: 'call.changed',
      entity: { kind: 'call', id: 'x' },
      data: {},
      occurredAt: '2026-11-23T08:00:00.000Z',
    };
    const { url } = await fakeService(({ path }) => {
      if (path.startsWith('/events'))
        return {
          body: `id: 7\nevent: change\ndata: ${JSON.stringify(change)}\n\n`,
          headers: { 'content-type': 'text/event-stream' },
        };
      looks += 1;
      return looks === 1
        ? { body: { items: [waitingOf()] } }
        : refusal('not_allowed', 403, { params: { permission: 'calls:host' } });
    });
    const { stdout, exit } = await runCommand(WaitingCommand, ['--watch'], url);
    expect(stdout).toBe('09.00  B-7TXKK  borgeren venter\n');
    expect(exit).toBe(3);
  });
});

describe('messages', () => {
  const message = {
    id: '4e0c2a52-6a0e-4a53-9f0a-3f6a3c1f9b33',
    kind: 'invitation',
    citizen: 'B-7TXKK',
    visit: today.id,
    channel: 'sms',
    state: 'failed',
    sendAt: '2026-11-23T07:00:00.000Z',
    sentAt: null,
    deliveredAt: null,
    attempts: 9,
  };
  const mail = {
    id: message.id,
    kind: 'invitation',
    channel: 'mail',
    to: 'borger@example.dk',
    subject: 'Aftale tirsdag kl. 10',
    text: `Hej\n\n${link}\n\u001b[31mrødt`,
    calendar: 'BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n',
    at: '2026-11-23T07:00:00.000Z',
  };
  const answers = ({ method, path }: Asked) =>
    method === 'GET'
      ? { body: { items: [message], next: null } }
      : { body: path.endsWith('/read') ? mail : { ...message, state: 'scheduled' } };

  it('are listed by code and state, and never with what they say', async () => {
    const { url, asked } = await fakeService(answers);
    const { stdout } = await runCommand(MessagesList, ['--state', 'opgivet', '--citizen', 'b-7txkk'], url);
    expect(stdout).toMatch(/man 23\. nov 08\.00 +B-7TXKK +invitation +sms +opgivet +4e0c2a52/);
    expect(asked[0]?.path).toContain('state=failed&citizen=B-7TXKK');
  });

  it('are read by their number, with links whole and nothing that steers the terminal', async () => {
    const { url, asked } = await fakeService(answers);
    const { stdout } = await runCommand(MessagesShow, ['4e0c2a52'], url);
    expect(written(asked).map(({ path }) => path)).toEqual([`/messages/${message.id}/read`]);
    expect(stdout).toContain('Aftale tirsdag kl. 10');
    expect(stdout).toContain(`\n${link}\n`);
    expect(stdout).not.toContain('\u001b[31m');
  });

  it('give their calendar file alone', async () => {
    const { url } = await fakeService(answers);
    const { stdout } = await runCommand(MessagesShow, [message.id, '--calendar'], url);
    expect(stdout).toBe('BEGIN:VCALENDAR\r\nEND:VCALENDAR\n');
  });

  it('are tried again by their number', async () => {
    const { url, asked } = await fakeService(answers);
    const { stdout } = await runCommand(MessagesRetry, ['4e0c'], url);
    expect(written(asked).map(({ path }) => path)).toEqual([`/messages/${message.id}/retry`]);
    expect(stdout).toContain('planlagt');
  });
});

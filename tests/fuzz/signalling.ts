// Valid conversations, damaged by bytes and by fields, said to a server that others are talking through.
import { packJoinRequest, WebSocket } from '@naer/media-server/testing';
import { Bystanders } from './bystanders.ts';
import { mutateFrame } from './mutations.ts';
import { Random } from './random.ts';
import { type Conversation, recordConversations } from './recording.ts';
import { ServerProcess } from './server-process.ts';

export interface FuzzOptions {
  readonly minutes: number;
  /** Case `i` has the seed `seed + i`: a single one is run again with its own seed and `cases` 1. */
  readonly seed: number;
  readonly cases: number;
  readonly tell: (line: string) => void;
}

const lanes = 4;
const caseLimitMs = 3000;
/** Far more than two people and four fuzzers need; a leak of a kilobyte per case would pass it in a long run. */
const mostMemory = 700 * 1024 * 1024;
const mostLatencyMs = 10_000;

export interface Outcome {
  readonly cases: number;
  readonly findings: readonly string[];
}

export async function fuzzSignalling({ minutes, seed, cases, tell }: FuzzOptions): Promise<Outcome> {
  const findings: string[] = [];
  const server = await ServerProcess.start();
  const recorded = await recordConversations(server);
  for (const { name, frames } of recorded) tell(`recorded ${name}: ${frames.length} frames`);
  const bystanders = await Bystanders.begin(server);
  const memoryAtStart = await server.memory();
  const endMs = performance.now() + minutes * 60_000;
  const running = new Set<number>();
  let next = 0;
  let worstLatencyMs = 0;
  let knownFaults = 0;

  const look = async (): Promise<void> => {
    const around = `around seeds ${[...running].join(' ')}`;
    if (!server.isAlive) {
      findings.push(`the server ended, ${around}`);
      return;
    }
    for (const fault of server.faults.slice(knownFaults)) findings.push(`${around}: ${fault}`);
    knownFaults = server.faults.length;
    const complaint = bystanders.complaint;
    if (complaint !== null) findings.push(`${complaint}, ${around}`);
    const latencyMs = await server.latencyMs().catch(() => Number.POSITIVE_INFINITY);
    worstLatencyMs = Math.max(worstLatencyMs, latencyMs);
    if (latencyMs > mostLatencyMs) findings.push(`the server took ${latencyMs} ms to answer, ${around}`);
    const memory = await server.memory();
    if (memory > mostMemory) findings.push(`the server holds ${memory} bytes, ${around}`);
  };
  const report = async (): Promise<void> => {
    const [resident, heap] = await Promise.all([
      server.memory(),
      server.metric('naer_media_heap_used_bytes'),
    ]);
    tell(
      `${next} cases, slowest answer ${Math.round(worstLatencyMs)} ms, ` +
        `${toMegabytes(resident)} MB resident, ${toMegabytes(heap)} MB of them heap`,
    );
  };
  const lane = async (): Promise<void> => {
    while (findings.length === 0 && next < cases && performance.now() < endMs) {
      const caseSeed = seed + next;
      next += 1;
      running.add(caseSeed);
      await runCase(server, recorded, caseSeed);
      running.delete(caseSeed);
    }
  };
  const watch = setInterval(() => void look(), 1000);
  const progress = setInterval(() => void report(), 30_000);
  await Promise.all(Array.from({ length: lanes }, lane));
  clearInterval(watch);
  clearInterval(progress);
  await look();
  tell(
    `call: ${(bystanders.share * 100).toFixed(1)} % heard, longest silence ${Math.round(bystanders.longestSilenceMs)} ms; ` +
      `memory ${toMegabytes(memoryAtStart)} → ${toMegabytes(await server.memory())} MB`,
  );
  await bystanders.end();
  if (server.isAlive) findings.push(...(await leftovers(server)));
  const end = await server.stop();
  if (end !== '0') findings.push(`the server ended with ${end}`);
  for (const fault of server.faults.slice(knownFaults)) findings.push(`at the end: ${fault}`);
  return { cases: next, findings };
}

const toMegabytes = (bytes: number): number => Math.round(bytes / 1024 / 1024);

/** Participants without media are waited for as long as a server waits for them. */
async function leftovers(server: ServerProcess): Promise<string[]> {
  const names = [
    'naer_media_participants',
    'naer_media_rooms',
    'naer_media_signal_sockets',
    'naer_media_transports',
    'naer_media_native_objects',
  ];
  const untilMs = performance.now() + 60_000;
  for (;;) {
    const left = await Promise.all(names.map(async (name) => ({ name, count: await server.metric(name) })));
    const open = left.filter(({ count }) => count > 0);
    if (open.length === 0) return [];
    if (performance.now() > untilMs) return open.map(({ name, count }) => `${name} is still ${count}`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

/** One conversation: joined, damaged, ended in one of the ways in which clients end. */
async function runCase(
  server: ServerProcess,
  recorded: readonly Conversation[],
  seed: number,
): Promise<void> {
  const random = new Random(seed);
  const conversation = random.of(recorded);
  // A few names for all, so that sessions take each other over; a few rooms, one of them that of the call.
  const room = random.next() < 0.1 ? 'call' : `fuzz-${random.below(3)}`;
  const token = await server.token(`fuzzer-${random.below(6)}`, room);
  const socket = new WebSocket(`${server.url}${pathOf(conversation, random)}&access_token=${token}`, {
    perMessageDeflate: false,
  });
  const gone = new Promise<void>((resolve) => {
    socket.once('close', () => resolve());
  });
  socket.on('error', () => {});
  const limit = setTimeout(() => socket.terminate(), caseLimitMs);
  const opened = await Promise.race([
    new Promise<boolean>((resolve) => {
      socket.once('open', () => resolve(true));
    }),
    gone.then(() => false),
  ]);
  if (opened) {
    let frames = [...conversation.frames];
    if (random.next() < 0.3) frames = [...frames, ...random.of(recorded).frames];
    if (random.next() < 0.3) frames.sort(() => random.next() - 0.5);
    for (const frame of frames.slice(0, 60)) {
      if (socket.readyState !== WebSocket.OPEN) break;
      if (random.next() < 0.15) continue;
      const said = random.next() < 0.4 ? mutateFrame(frame, random) : frame;
      socket.send(said, { binary: random.next() > 0.03 });
      if (random.next() < 0.2) await new Promise((resolve) => setTimeout(resolve, random.below(30)));
    }
    // The rest stays until it is sent away or its time is over.
    const ending = random.next();
    if (ending < 0.5) socket.close();
    else if (ending < 0.75) socket.terminate();
  }
  await gone;
  clearTimeout(limit);
}

function pathOf({ path }: Conversation, random: Random): string {
  if (!path.includes('join_request=')) {
    return random.next() < 0.2 ? `${path}&reconnect=1&sid=PA_${random.below(1000)}` : path;
  }
  const recordedRequest = /join_request=([^&]*)/.exec(path)?.[1] ?? '';
  const request = recordedRequest === '' ? packJoinRequest() : recordedRequest;
  if (random.next() < 0.7) return `/rtc/v1?join_request=${request}`;
  const mutated = mutateFrame(Buffer.from(request, 'base64url'), random);
  return `/rtc/v1?join_request=${mutated.subarray(0, 60_000).toString('base64url')}`;
}

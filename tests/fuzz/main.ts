// npm run fuzz [-- --minutes 10] [-- --seed 1] [-- --cases 1]
import { parseArgs } from 'node:util';
import { dispose } from '@livekit/rtc-node';
import { fuzzSignalling } from './signalling.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    cases: { type: 'string', default: '1000000' },
  },
});
const tell = (line: string): void => {
  process.stderr.write(`${line}\n`);
};
tell(`seed ${values.seed}`);
const { cases, findings } = await fuzzSignalling({
  minutes: Number(values.minutes),
  seed: Number(values.seed),
  cases: Number(values.cases),
  tell,
});
process.stdout.write(`${cases} conversations, ${findings.length} findings\n`);
for (const finding of findings) process.stdout.write(`${finding}\n`);
// The native client keeps threads; this ends them, and the exit code must not wait for what it leaves behind.
await dispose();
process.exit(findings.length === 0 ? 0 : 1);

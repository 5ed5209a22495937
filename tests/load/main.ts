// node … tests/load/main.ts [--target ours|livekit] [--calls 20] [--seconds 120] [--video 160x90@10|none] [--speakers 0|1|2] [--simulcast] [--no-build]
// One-to-one calls of official clients against one server; what was seen, as JSON.
import { parseArgs } from 'node:util';
import { prepareLivekit } from '../compat/targets/livekit.ts';
import { findOurs, prepareOurs } from '../compat/targets/ours.ts';
import { type CallLoadPlan, runCalls, summarize, usualMedia } from './call-load.ts';
import type { MediaPlan } from './messages.ts';

const { values: wish } = parseArgs({
  options: {
    target: { type: 'string', default: 'ours' },
    calls: { type: 'string', default: '20' },
    seconds: { type: 'string', default: '120' },
    video: { type: 'string', default: '160x90@10' },
    speakers: { type: 'string', default: '1' },
    simulcast: { type: 'boolean', default: false },
    'no-build': { type: 'boolean', default: false },
  },
});
const tell = (line: string) => process.stderr.write(`${line}\n`);

const plan: CallLoadPlan = {
  calls: Number(wish.calls),
  seconds: Number(wish.seconds),
  media: {
    ...usualMedia,
    audio: wish.speakers !== '0',
    video: wish.video === 'none' ? null : readVideo(wish.video),
  },
  speakers: wish.speakers === '2' ? 2 : 1,
};

const ours = () => (wish['no-build'] ? findOurs() : prepareOurs());
const target = await (wish.target === 'livekit' ? prepareLivekit(tell) : ours());
if (target === null) throw new Error(`there is no ${wish.target} here`);
const server = await target.start();
try {
  const load = await runCalls(server, plan);
  const { crowds, loadAverage } = load;
  const failures = load.reports.flatMap(({ failure, dropped }) => [
    ...(failure === null ? [] : [failure]),
    ...dropped,
  ]);
  const seen = { target: target.title, ...summarize(load, plan), crowds, loadAverage, failures };
  process.stdout.write(`${JSON.stringify(seen, null, 2)}\n`);
} finally {
  await server.stop();
}

function readVideo(text: string): MediaPlan['video'] {
  const size = /^(\d+)x(\d+)@(\d+)$/.exec(text);
  if (size === null) throw new Error('--video is written as 160x90@10');
  const [width = 0, height = 0, framesPerSecond = 0] = size.slice(1).map(Number);
  const bitsPerSecond = Math.round(width * height * framesPerSecond * 0.35);
  return { width, height, framesPerSecond, simulcast: wish.simulcast, bitsPerSecond };
}

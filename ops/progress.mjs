// What a person sees while a checkout is made ready: on a terminal one line per step, which moves while it works;
// without one, plain lines that suit a log.
import { readFileSync } from 'node:fs';

const live = process.stdout.isTTY === true && process.env.TERM !== 'dumb' && process.env.CI === undefined;
const colours = live && process.env.NO_COLOR === undefined;
const paint = (code) => (text) => (colours ? `\u001b[${code}m${text}\u001b[0m` : text);
export const bold = paint(1);
export const dim = paint(2);
export const red = paint(31);
export const green = paint(32);

const locale = [process.env.LC_ALL, process.env.LC_MESSAGES, process.env.LANG].find((value) => value);
/** The text in the language of the shell; Danish where that is anything but English, as in the CLI. */
export const say = (da, en) => (/^en([_.@-]|$)/i.test(locale ?? '') ? en : da);

export const seconds = (ms) => `${(ms / 1000).toFixed(1).replace('.', say(',', '.'))} s`;

/** A mistake or a circumstance that somebody can do something about; anything else that is thrown is a bug of ours. */
export class Refusal extends Error {
  /** @param {string} sentence @param {{ logFile?: string, exitCode?: number }} [more] */
  constructor(sentence, { logFile, exitCode = 1 } = {}) {
    super(sentence);
    this.logFile = logFile;
    this.exitCode = exitCode;
  }
}

/** Shows `title` with the time that has passed while `work` runs; `work` may tell what it is at. */
export async function step(title, work) {
  const began = performance.now();
  const frames = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏';
  let note = '';
  let frame = 0;
  const draw = () => {
    const passed = seconds(performance.now() - began).padStart(8);
    const room = Math.max(0, (process.stdout.columns ?? 80) - 36);
    frame = (frame + 1) % frames.length;
    process.stdout.write(
      `\r\u001b[2K  ${frames[frame]} ${title.padEnd(20)}${passed}  ${dim(note.slice(0, room))}`,
    );
  };
  const timer = live ? setInterval(draw, 100) : undefined;
  if (live) process.stdout.write('\u001b[?25l');
  else process.stdout.write(`${title} …\n`);
  const finish = (mark) => {
    clearInterval(timer);
    const passed = seconds(performance.now() - began);
    if (live)
      process.stdout.write(`\r\u001b[2K\u001b[?25h  ${mark} ${title.padEnd(20)}${dim(passed.padStart(8))}\n`);
    else process.stdout.write(`${title} ${mark} ${passed}\n`);
  };
  try {
    const result = await work((line) => {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: what the tools print for a terminal is not ours to show
      const plain = line.replace(/\u001b\[[0-9;?]*[a-zA-Z]/g, '').trim();
      if (plain !== '') note = plain;
    });
    finish(live ? green('✓') : say('færdig', 'done'));
    return result;
  } catch (error) {
    finish(live ? red('✗') : say('mislykkedes', 'failed'));
    throw error;
  }
}

/** A line between the steps. */
export function tell(line) {
  process.stdout.write(live ? `  ${dim('·')} ${line}\n` : `${line}\n`);
}

/** The end of a run that cannot go on: one sentence, the end of the log, where the log is. */
export function explain(error) {
  if (!(error instanceof Refusal)) {
    process.stderr.write(`${error?.stack ?? error}\n`);
    return 1;
  }
  if (live) process.stdout.write('\u001b[?25h');
  process.stderr.write(`\n${red(error.message)}\n`);
  if (error.logFile !== undefined) {
    let tail = [];
    try {
      tail = readFileSync(error.logFile, 'utf8').trimEnd().split('\n').slice(-15);
    } catch {
      // A log that was never begun has no end to show.
    }
    for (const line of tail) process.stderr.write(`${dim(`  │ ${line}`)}\n`);
    process.stderr.write(`${say('Hele loggen', 'The whole log')}: ${error.logFile}\n`);
  }
  return error.exitCode;
}

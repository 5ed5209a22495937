import { readFile } from 'node:fs/promises';
import { CliError } from '../errors/cli-error.ts';
import { failureText } from './files.ts';

/** A small text file as it is, or standard input for "-". @throws CliError file_unreadable */
export async function readTextFile(file: string): Promise<string> {
  if (file === '-') {
    let text = '';
    for await (const piece of process.stdin.setEncoding('utf8')) text += piece;
    return text;
  }
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new CliError('file_unreadable', { file, why: failureText(error) }, { cause: error });
  }
}

/** The same for a text whose last line must end: copied out of a mail it often does not. */
export async function readLinesFile(file: string): Promise<string> {
  const text = (await readTextFile(file)).replaceAll('\r\n', '\n');
  return text.endsWith('\n') ? text : `${text}\n`;
}

// A process of its own: the hash calls that a tree over n leaves takes, 2n−1 of them, and nothing else.
import { hash } from 'node:crypto';

const [leaves = '0', bytes = '0'] = process.argv.slice(2);
const [count, length] = [Number(leaves), Number(bytes)];
const leaf = Buffer.alloc(1 + length, 7);
const node = Buffer.alloc(65, 1);
const started = performance.now();
for (let n = 0; n < count; n += 1) {
  leaf.writeUInt32BE(n, 1);
  hash('sha256', leaf, 'buffer');
}
for (let n = 1; n < count; n += 1) {
  node.writeUInt32BE(n, 1);
  hash('sha256', node, 'buffer');
}
process.stdout.write(`${JSON.stringify({ ms: performance.now() - started })}\n`);

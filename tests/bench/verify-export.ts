// A process of its own, so that its memory is its own: verifies an export as anybody would.
import { createReadStream } from 'node:fs';
import { verifyExport } from '@naer/core/verifier';

const [file = '', key = ''] = process.argv.slice(2);
const started = performance.now();
const { size, findings } = await verifyExport(createReadStream(file, { highWaterMark: 1 << 20 }), {
  verifierKeys: [key],
});
const ms = performance.now() - started;
// `maxRSS` is in kilobytes (getrusage).
const peakMb = process.resourceUsage().maxRSS / 1024;
process.stdout.write(`${JSON.stringify({ ms, peakMb, size: String(size), findings: findings.length })}\n`);

// Bundles the media server's own source into one file; packages from npm stay outside, where they are installed.
import { build } from 'esbuild';

await build({
  entryPoints: { main: 'src/main.ts', docs: 'src/docs.ts' },
  outdir: 'dist',
  bundle: true,
  packages: 'external',
  platform: 'node',
  format: 'esm',
  target: 'node22',
  sourcemap: true,
  logLevel: 'warning',
});

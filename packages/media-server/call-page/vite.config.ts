import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

/** Beside each file the same compressed, so that core has nothing to compute when it serves them. */
function compressed(): Plugin {
  let assets = '';
  return {
    name: 'compressed',
    apply: 'build',
    configResolved: ({ root, build }) => {
      assets = path.resolve(root, build.outDir, build.assetsDir);
    },
    closeBundle: async () => {
      for (const name of await readdir(assets)) {
        const body = await readFile(path.join(assets, name));
        await writeFile(path.join(assets, `${name}.br`), brotliCompressSync(body));
        await writeFile(path.join(assets, `${name}.gz`), gzipSync(body));
      }
    },
  };
}

// The page is served by core at /s under a policy without anything inline, so nothing may be inlined here. Targets are
// what a five-year-old iPad can still be updated to; older browsers are told so by the page itself.
export default defineConfig(({ mode }) => ({
  base: '/s/',
  plugins: [react(), compressed()],
  build: {
    target: ['chrome110', 'edge110', 'firefox115', 'safari16.4'],
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // livekit-client by itself is that large; it is loaded while one waits.
    chunkSizeWarningLimit: 600,
    // Every screen by itself, for tests and for who designs; told where to go with --outDir, and no part of the product.
    ...(mode === 'gallery' ? { rolldownOptions: { input: 'gallery.html' } } : {}),
  },
  worker: { format: 'es' },
}));

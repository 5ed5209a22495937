import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
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
      const files = await readdir(assets, { recursive: true, withFileTypes: true });
      for (const file of files.filter((one) => one.isFile())) {
        const place = path.join(file.parentPath, file.name);
        const body = await readFile(place);
        // What few load takes minutes at the highest quality, on a small machine.
        const quality = body.length > 400_000 ? 9 : constants.BROTLI_MAX_QUALITY;
        const params = { [constants.BROTLI_PARAM_QUALITY]: quality };
        await writeFile(`${place}.br`, brotliCompressSync(body, { params }));
        await writeFile(`${place}.gz`, gzipSync(body));
      }
    },
  };
}

/** What pdf.js fetches by name where a scan needs it, since the page's policy has no WebAssembly; see src/plan/pdf.ts. */
function pdfScripts(): Plugin {
  const folder = path.join(import.meta.dirname, 'node_modules/pdfjs-dist/wasm');
  return {
    name: 'pdf-scripts',
    apply: 'build',
    async generateBundle() {
      const about: unknown = JSON.parse(await readFile(path.join(folder, '../package.json'), 'utf8'));
      const { version } = about as { readonly version: string };
      for (const name of ['openjpeg_nowasm_fallback.js', 'jbig2_nowasm_fallback.js'])
        this.emitFile({
          type: 'asset',
          fileName: `assets/pdf-${version}/${name}`,
          source: await readFile(path.join(folder, name)),
        });
    },
  };
}

// The page is served by core at /s under a policy without anything inline, so nothing may be inlined here. Targets are
// what a five-year-old iPad can still be updated to; older browsers are told so by the page itself.
export default defineConfig(({ mode }) => ({
  base: '/s/',
  plugins: [react(), pdfScripts(), ...(mode === 'gallery' ? [] : [compressed()])],
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

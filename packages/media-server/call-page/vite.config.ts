import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// The page is served by core at /s under a policy without anything inline, so nothing may be inlined here. Targets are
// what a five-year-old iPad can still be updated to; older browsers are told so by the page itself.
export default defineConfig(({ mode }) => ({
  base: '/s/',
  plugins: [react()],
  build: {
    target: ['chrome110', 'edge110', 'firefox115', 'safari16.4'],
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // Every screen by itself, for tests and for who designs; told where to go with --outDir, and no part of the product.
    ...(mode === 'gallery' ? { rolldownOptions: { input: 'gallery.html' } } : {}),
  },
  worker: { format: 'es' },
}));

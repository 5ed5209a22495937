import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/**
 * What oclif loads at every start and this program never reaches: globbing for command files, plugins of plugins,
 * configuration files, debug logs. `ejs` is only asked to fill in `<%= config.bin %>` and the like in help texts.
 * Together they cost as much as everything else in a start.
 */
const standIns = {
  debug: 'module.exports = () => () => undefined;',
  ejs: `exports.render = (text, context) =>
    text.replace(/<%= *([\\w.]+) *%>/g, (_, path) => path.split('.').reduce((value, key) => value?.[key], context) ?? '');`,
  lilconfig: 'exports.lilconfig = () => { throw new Error("oclif is configured in package.json"); };',
  minimatch: 'exports.minimatch = () => false;',
  tinyglobby: 'exports.glob = async () => [];',
  'wsl-utils': 'export const isWsl = false;',
  // Every language that zod speaks; the service answers in the person's own.
  '../locales/index.js': 'export {};',
};

const leaner = {
  name: 'leaner',
  setup({ onResolve, onLoad, resolve }) {
    onResolve(
      { filter: /^(debug|ejs|lilconfig|minimatch|tinyglobby|wsl-utils|\.\.\/locales\/index\.js)$/ },
      ({ path }) => ({ path, namespace: 'stand-in' }),
    );
    onLoad({ filter: /.*/, namespace: 'stand-in' }, ({ path }) => ({ contents: standIns[path] }));
    // Modules of the contract only declare: a command takes the routes of its own topic and leaves the others out.
    onResolve({ filter: /^(@naer\/core\/|\.\.?\/)/ }, async ({ path, pluginData, ...from }) => {
      if (pluginData?.resolved) return undefined;
      const found = await resolve(path, { ...from, pluginData: { resolved: true } });
      return /packages\/core\/src\/(contract|kernel)\//.test(found.path)
        ? { path: found.path, sideEffects: false }
        : undefined;
    });
  },
};

rmSync(here('dist'), { recursive: true, force: true });

// One bundle in pieces: a command loads its own topic and what that needs, never the rest, which keeps the start short.
await build({
  entryPoints: [here('src/main.ts'), here('src/commands.ts'), here('src/help.ts'), here('src/docs.ts')],
  outdir: here('dist'),
  bundle: true,
  splitting: true,
  minify: true,
  keepNames: true,
  format: 'esm',
  platform: 'node',
  target: 'node22',
  legalComments: 'none',
  logLevel: 'warning',
  plugins: [leaner],
  // oclif is CommonJS inside an ES module: it needs a `require`, and does not find __dirname by itself.
  banner: {
    js: "import { createRequire as naerCreateRequire } from 'node:module'; const require = naerCreateRequire(import.meta.url);",
  },
  define: { __dirname: 'import.meta.dirname', __filename: 'import.meta.filename' },
});

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
  setup({ onResolve, onLoad }) {
    onResolve(
      { filter: /^(debug|ejs|lilconfig|minimatch|tinyglobby|wsl-utils|\.\.\/locales\/index\.js)$/ },
      ({ path }) => ({ path, namespace: 'stand-in' }),
    );
    onLoad({ filter: /.*/, namespace: 'stand-in' }, ({ path }) => ({ contents: standIns[path] }));
  },
};

rmSync(here('dist'), { recursive: true, force: true });

// One CommonJS file, because that is what Node starts fastest: no module graph to link, and no namespace objects that
// load half of Node's own modules. What is imported with import() in the sources stays asleep until it is needed.
for (const name of ['main', 'docs']) {
  await build({
    entryPoints: [here(`src/${name}.ts`)],
    outfile: here(`dist/${name}.cjs`),
    bundle: true,
    minify: true,
    format: 'cjs',
    platform: 'node',
    target: 'node22',
    legalComments: 'none',
    logLevel: 'warning',
    plugins: [leaner],
    define: { 'import.meta.dirname': '__dirname' },
  });
}

// Who may import whom, as docs and the architecture page say it; `ops/import-rules.test.ts` proves that each rule bites.
import { readdirSync, readFileSync } from 'node:fs';

const core = '^packages/core/src';
const layer = (name) => `${core}/${name}/`;
const moduleIndex = `${core}/modules/[^/]+/index[.]ts$`;
const ledgerIndex = `${core}/ledger/index[.]ts$`;
const test = '[.]test[.]tsx?$|/fixtures?(/|[.]ts$)';

/** What each layer of core may import besides itself; the composition (`app.ts`, `main.ts`, …) may import them all. */
const mayImport = {
  kernel: [],
  contract: [layer('kernel')],
  config: [layer('kernel')],
  storage: [layer('kernel')],
  tabular: [layer('kernel'), layer('contract')],
  // The bytes and their check need no database: an auditor runs them without one.
  'ledger/format': [layer('kernel'), layer('contract')],
  'ledger/verifier': [layer('kernel'), layer('contract'), layer('ledger/format')],
  'ledger/writer': ['kernel', 'contract', 'ledger/format', 'ledger/verifier', 'storage'].map(layer),
  modules: [...['kernel', 'contract', 'config', 'storage', 'tabular', 'modules'].map(layer), ledgerIndex],
  demo: [...['kernel', 'contract', 'storage'].map(layer), ledgerIndex, moduleIndex],
  jobs: [...['kernel', 'contract', 'config', 'storage'].map(layer), ledgerIndex, moduleIndex],
  http: [...['kernel', 'contract', 'config', 'storage'].map(layer), ledgerIndex, moduleIndex],
};

const media = '^packages/media-server/src';
/** What lies beside the layers of the media server: clocks, limits, errors, words for the log. */
const mediaGround = `${media}/(clock|limits|log|media-error|secret)[.]ts$`;
const seam = (file) => `${media}/${file}[.]ts$`;
/** The same for the media server: who is in a room never sees a packet, and what carries packets never sees a grant. */
const mediaMayImport = {
  // Which codecs there are is said once, where they are written into descriptions.
  protocol: [seam('sdp/codecs')],
  transport: [],
  rtp: [seam('protocol/client-messages')],
  sdp: [`${media}/protocol/`, seam('transport/transport')],
  'sfu/media': [`${media}/(protocol|rtp|sdp)/`, seam('transport/transport'), seam('sfu/link')],
  sfu: [`${media}/protocol/`],
  signal: [`${media}/protocol/`, seam('sfu/rooms')],
  admin: [`${media}/protocol/`, seam('sfu/rooms'), seam('sfu/link')],
};

/** The files that packages export, which are all that others may import; `testing` only where something is tested. */
const publicEntries = readdirSync(new URL('packages', import.meta.url)).flatMap((name) => {
  const manifest = JSON.parse(
    readFileSync(new URL(`packages/${name}/package.json`, import.meta.url), 'utf8'),
  );
  return Object.values(manifest.exports ?? {}).map(
    (file) => `^packages/${name}/${file.replace(/^[.][/]/, '').replace('*', '[^/]+')}$`,
  );
});
const forProduction = publicEntries.filter((file) => !file.includes('/testing/'));

const error = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

export default {
  forbidden: [
    ...Object.entries(mayImport).map(([name, allowed]) =>
      error(
        `layer-${name.replace('/', '-')}`,
        `${name} may import only what stands for it in .dependency-cruiser.mjs.`,
        { path: layer(name), pathNot: test },
        { path: `${core}/`, pathNot: [layer(name), ...allowed] },
      ),
    ),
    ...Object.entries(mediaMayImport).map(([name, allowed]) =>
      error(
        `media-${name.replace('/', '-')}`,
        `${name} of the media server may import only what stands for it in .dependency-cruiser.mjs.`,
        {
          path: `${media}/${name}/`,
          pathNot: name === 'sfu' ? [test, `${media}/sfu/media/`] : test,
        },
        {
          path: `${media}/`,
          pathNot: [
            name === 'sfu' ? `${media}/sfu/[^/]+[.]ts$` : `${media}/${name}/`,
            mediaGround,
            ...(name === 'signal' || name === 'admin' ? [`${media}/config[.]ts$`] : []),
            ...allowed,
          ],
        },
      ),
    ),
    error(
      'media-library-in-transport',
      'The native library is a pipe behind an interface; another one can take its place.',
      { path: '^packages/', pathNot: [`${media}/transport/`, test] },
      { path: 'node_modules/node-datachannel' },
    ),
    error(
      'module-by-index',
      'A module is reached through its index only: what else it holds is its own.',
      { path: `${core}/modules/([^/]+)/`, pathNot: test },
      { path: layer('modules'), pathNot: [`${core}/modules/$1/`, moduleIndex] },
    ),
    error(
      'module-by-index-in-tests',
      'Tests of a module may stand on what another one sets up for its own tests, and on nothing else behind its index.',
      { path: `${core}/modules/([^/]+)/.*(${test})` },
      { path: layer('modules'), pathNot: [`${core}/modules/$1/`, moduleIndex, '/fixture[.]ts$'] },
    ),
    error(
      'module-by-index-from-outside',
      'A module is reached through its index only: what else it holds is its own.',
      { path: '^(packages|tests|ops)/', pathNot: [layer('modules'), test] },
      { path: layer('modules'), pathNot: moduleIndex },
    ),
    error(
      'rules-are-pure',
      'Rules and policies decide on values that they are given; they read and write nothing.',
      { path: `${core}/modules/.*/(rules|policy)[.]ts$` },
      { path: [layer('storage'), layer('ledger'), '/(store|service|routes)[.]ts$'] },
    ),
    error(
      'generated-stays-in-storage',
      'Rows and the generated client never leave storage and the stores.',
      { path: '^(packages|tests|ops)/', pathNot: layer('storage') },
      { path: `${core}/storage/generated/` },
    ),
    error(
      'testing-in-tests-only',
      'What helps tests is not part of the program.',
      { path: '^packages/', pathNot: [test, layer('testing'), `${media}/testing/`] },
      { path: [layer('testing'), `${media}/testing/`] },
    ),
    error(
      'packages-by-export',
      'Another package is reached through what it exports only.',
      { path: '^packages/([^/]+)/', pathNot: test },
      { path: '^packages/', pathNot: ['^packages/$1/', ...forProduction] },
    ),
    error(
      'tests-by-export',
      'What crosses packages tests them as others use them.',
      { path: '^tests/' },
      { path: '^packages/', pathNot: publicEntries },
    ),
    error(
      'ops-imports-no-source',
      'The scripts run before anything is installed or built.',
      { path: '^ops/', pathNot: test },
      { path: ['^packages/', '^tests/', 'node_modules'] },
    ),
    error(
      'no-cycles',
      'Of two that need each other, one is not needed.',
      { pathNot: '/generated/' },
      { circular: true },
    ),
    error('resolvable', 'An import leads somewhere.', {}, { couldNotResolve: true }),
    error(
      'declared',
      'A program imports only packages that its own package.json names among its dependencies.',
      { path: '^packages/[^/]+/src/', pathNot: [test, layer('testing'), `${media}/testing/`] },
      { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
    ),
  ],
  options: {
    // TypeScript 7 has no parser that dependency-cruiser can use; without swc it sees no modules and finds no fault.
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^packages/.*/(dist|coverage)/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};

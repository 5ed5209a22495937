import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { cruise, type IConfiguration, type ICruiseResult } from 'dependency-cruiser';
import { afterAll, beforeAll, expect, test } from 'vitest';

const checkout = path.resolve(import.meta.dirname, '..');
const core = 'packages/core/src';
const media = 'packages/media-server/src';

// One breach of each rule: the file, and what it imports that it may not.
const breaches: readonly (readonly [rule: string, from: string, to: string])[] = [
  ['layer-kernel', `${core}/kernel/a.ts`, `${core}/config/index.ts`],
  ['layer-contract', `${core}/contract/a.ts`, `${core}/config/index.ts`],
  ['layer-config', `${core}/config/a.ts`, `${core}/contract/index.ts`],
  ['layer-storage', `${core}/storage/a.ts`, `${core}/contract/index.ts`],
  ['layer-tabular', `${core}/tabular/a.ts`, `${core}/storage/index.ts`],
  ['layer-ledger-format', `${core}/ledger/format/a.ts`, `${core}/ledger/writer/index.ts`],
  ['layer-ledger-verifier', `${core}/ledger/verifier/a.ts`, `${core}/storage/index.ts`],
  ['layer-ledger-writer', `${core}/ledger/writer/a.ts`, `${core}/modules/rooms/index.ts`],
  ['layer-modules', `${core}/modules/rooms/a.ts`, `${core}/http/index.ts`],
  ['layer-demo', `${core}/demo/a.ts`, `${core}/http/index.ts`],
  ['layer-jobs', `${core}/jobs/a.ts`, `${core}/modules/rooms/store.ts`],
  ['layer-http', `${core}/http/a.ts`, `${core}/jobs/index.ts`],
  ['media-protocol', `${media}/protocol/a.ts`, `${media}/sfu/room.ts`],
  ['media-transport', `${media}/transport/a.ts`, `${media}/protocol/ids.ts`],
  ['media-rtp', `${media}/rtp/a.ts`, `${media}/transport/transport.ts`],
  ['media-sdp', `${media}/sdp/a.ts`, `${media}/rtp/packet.ts`],
  ['media-sfu-media', `${media}/sfu/media/a.ts`, `${media}/sfu/room.ts`],
  ['media-sfu', `${media}/sfu/a.ts`, `${media}/rtp/packet.ts`],
  ['media-signal', `${media}/signal/a.ts`, `${media}/sfu/room.ts`],
  ['media-admin', `${media}/admin/a.ts`, `${media}/sfu/room.ts`],
  ['module-by-index', `${core}/modules/citizens/a.ts`, `${core}/modules/rooms/store.ts`],
  ['module-by-index-in-tests', `${core}/modules/citizens/a.test.ts`, `${core}/modules/rooms/store.ts`],
  ['module-by-index-from-outside', `${core}/main.ts`, `${core}/modules/rooms/store.ts`],
  ['rules-are-pure', `${core}/modules/rooms/rules.ts`, `${core}/modules/rooms/store.ts`],
  ['generated-stays-in-storage', `${core}/modules/rooms/b.ts`, `${core}/storage/generated/client.ts`],
  ['testing-in-tests-only', `${core}/app.ts`, `${core}/testing/index.ts`],
  ['packages-by-export', 'packages/cli/src/a.tsx', `${core}/storage/index.ts`],
  ['tests-by-export', 'tests/e2e/a.test.ts', `${core}/storage/index.ts`],
  ['ops-imports-no-source', 'ops/a.mjs', `${core}/contract/index.ts`],
  ['no-cycles', `${core}/http/cycle-one.ts`, `${core}/http/cycle-two.ts`],
  ['resolvable', `${core}/http/b.ts`, `${core}/http/nowhere.ts`],
];

// What must stay allowed, or the rules would be a wall instead of a way.
const permitted: readonly (readonly [from: string, to: string])[] = [
  [`${core}/modules/rooms/service.ts`, `${core}/modules/citizens/index.ts`],
  [`${core}/modules/rooms/service.ts`, `${core}/storage/index.ts`],
  [`${core}/modules/rooms/rules.test.ts`, `${core}/testing/index.ts`],
  [`${core}/jobs/fine.ts`, `${core}/modules/rooms/index.ts`],
  [`${core}/service.ts`, `${core}/http/index.ts`],
  ['tests/e2e/fine.test.ts', `${core}/testing/index.ts`],
  [`${media}/sfu/media/fine.ts`, `${media}/rtp/packet.ts`],
  [`${media}/sfu/fine.ts`, `${media}/sfu/room.ts`],
  [`${media}/signal/fine.ts`, `${media}/sfu/rooms.ts`],
  ['packages/cli/src/fine.ts', `${core}/contract/index.ts`],
];

let rules: IConfiguration;
let tree = '';
let found: ICruiseResult;

beforeAll(async () => {
  // Plain JavaScript, which the compiler does not read; dependency-cruiser itself checks its shape.
  const config: { default: IConfiguration } = await import(path.join(checkout, '.dependency-cruiser.mjs'));
  rules = config.default;
  tree = await mkdtemp(path.join(tmpdir(), 'naer-imports-'));
  for (const name of ['core', 'cli', 'media-server']) {
    await mkdir(path.join(tree, 'packages', name), { recursive: true });
    await cp(
      path.join(checkout, 'packages', name, 'package.json'),
      path.join(tree, 'packages', name, 'package.json'),
    );
  }
  const lines = new Map<string, string[]>();
  const add = (from: string, line: string | null): void => {
    lines.set(from, [...(lines.get(from) ?? []), ...(line === null ? [] : [line])]);
  };
  for (const [rule, from, to] of [...breaches, ...permitted.map((pair) => ['', ...pair] as const)]) {
    const specifier = path.relative(path.dirname(from), to);
    // Types count as well: an import that is erased still ties two files together.
    const word = rule === 'layer-config' || rule === 'packages-by-export' ? 'import type' : 'import';
    add(from, `${word} { x } from '${specifier.startsWith('.') ? specifier : `./${specifier}`}';`);
    if (rule !== 'resolvable') add(to, null);
  }
  add(`${core}/http/cycle-two.ts`, `import type { x } from './cycle-one.ts';`);
  add(`${core}/http/c.ts`, `import { test as x } from 'vitest';`);
  add('packages/cli/src/by-name.ts', `import { x } from '@naer/core/contract';`);
  add(`${media}/sfu/by-name.ts`, `import type { x } from 'node-datachannel';`);
  for (const [file, imports] of lines) {
    await mkdir(path.dirname(path.join(tree, file)), { recursive: true });
    await writeFile(path.join(tree, file), [...imports, 'export const y = 1;', ''].join('\n'));
  }
  for (const [at, target] of [
    ['packages/cli/node_modules/@naer/core', path.join(tree, 'packages/core')],
    [
      'packages/media-server/node_modules/node-datachannel',
      path.join(checkout, 'packages/media-server/node_modules/node-datachannel'),
    ],
    ['node_modules/vitest', path.join(checkout, 'node_modules/vitest')],
  ] as const) {
    await mkdir(path.dirname(path.join(tree, at)), { recursive: true });
    await symlink(target, path.join(tree, at), 'dir');
  }
  found = await check(tree);
});
afterAll(() => rm(tree, { recursive: true, force: true }));

async function check(baseDir: string): Promise<ICruiseResult> {
  const { forbidden = [], options } = rules;
  const { output } = await cruise(['packages', 'tests', 'ops'], {
    ...options,
    baseDir,
    validate: true,
    ruleSet: { forbidden },
  });
  if (typeof output === 'string') throw new Error('a report where a result was expected');
  return output;
}

const breaking = (from: string): readonly string[] =>
  found.summary.violations
    .filter((violation) => violation.from === from)
    .map((violation) => violation.rule.name);

test.each(breaches)('%s bites when %s imports %s', (rule, from) => {
  expect(breaking(from)).toContain(rule);
});

test('declared bites when a program imports what its package does not name', () => {
  expect(breaking(`${core}/http/c.ts`)).toContain('declared');
});

test('media-library-in-transport bites when another layer takes the library itself', () => {
  expect(breaking(`${media}/sfu/by-name.ts`)).toContain('media-library-in-transport');
});

test('each rule is proved here', () => {
  const proved = new Set([...breaches.map(([rule]) => rule), 'declared', 'media-library-in-transport']);
  expect(rules.forbidden?.filter(({ name }) => name === undefined || !proved.has(name))).toEqual([]);
});

test.each([...permitted, ['packages/cli/src/by-name.ts', '@naer/core/contract'] as const])(
  '%s may import %s',
  (from) => {
    const because = breaking(from).filter((rule) => rule !== 'rules-are-pure');
    expect(because).toEqual([]);
  },
);

test('the modules of this checkout are seen, TypeScript and all', async () => {
  const { summary, modules } = await check(checkout);
  expect(summary.totalCruised).toBeGreaterThan(100);
  const main = modules.find(({ source }) => source === `${core}/main.ts`);
  expect(main?.dependencies.length).toBeGreaterThan(0);
});

import fc from 'fast-check';

/** What is used of a JSON schema in the service's own document. */
export interface Schema {
  readonly type?: string;
  readonly format?: string;
  readonly pattern?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: unknown;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
}

export interface Field {
  readonly path: readonly (string | number)[];
  readonly schema: Schema;
  readonly nullable: boolean;
  /** What the objects around it must say for this field to be read at all: which of several shapes they have. */
  readonly constants: readonly { readonly path: Field['path']; readonly value: unknown }[];
}

/** What a field must be, where it can be only one thing; the document writes that as a list of one. */
const onlyValueOf = (schema: Schema): unknown =>
  schema.const ?? (schema.enum?.length === 1 ? schema.enum[0] : undefined);

/** Every place in a body, objects and lists themselves included. */
export function fieldsOf(
  schema: Schema,
  path: Field['path'] = [],
  nullable = false,
  constants: Field['constants'] = [],
): Field[] {
  const branches = schema.anyOf ?? schema.oneOf;
  if (branches !== undefined) {
    const isNullable = nullable || branches.some(({ type }) => type === 'null');
    return branches
      .filter(({ type }) => type !== 'null')
      .flatMap((branch) => fieldsOf(branch, path, isNullable, constants));
  }
  const properties = Object.entries(schema.properties ?? {});
  const within = [
    ...constants,
    ...properties.flatMap(([name, inner]) =>
      onlyValueOf(inner) === undefined ? [] : [{ path: [...path, name], value: onlyValueOf(inner) }],
    ),
  ];
  return [
    { path, schema, nullable, constants },
    ...properties.flatMap(([name, inner]) =>
      fieldsOf(inner, [...path, name], false, onlyValueOf(inner) === undefined ? within : constants),
    ),
    ...(schema.items === undefined ? [] : fieldsOf(schema.items, [...path, 0], false, constants)),
  ];
}

/** Text that somebody types, as far as the document says: no list of words, no pattern, no format. */
export const isTyped = ({ type, format, pattern, enum: words, const: constant }: Schema): boolean =>
  type === 'string' &&
  format === undefined &&
  pattern === undefined &&
  words === undefined &&
  constant === undefined;

/** Things that look like a CPR number, as people write them. */
export const cprLike = [
  '010203-1234',
  '0102031234',
  'Ring til 311299 4321 i morgen',
  '２９０２００-１２３４',
  '01\u200b0203-1234',
  'a.0102031234@example.dk',
];

const loneSurrogate = '\ud800';
const names = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty'];

/** What a field must refuse, whatever else is in the request. */
export function refusedValues({ schema, nullable }: Field): readonly unknown[] {
  const others = (...own: string[]) =>
    Object.entries({
      string: 'x',
      number: 7,
      boolean: true,
      array: ['x'],
      object: { x: 1 },
      emptyArray: [],
      emptyObject: {},
    }).flatMap(([kind, value]) => (own.some((each) => kind.toLowerCase().endsWith(each)) ? [] : [value]));
  const nulls = nullable ? [] : [null];
  switch (schema.type) {
    case 'object':
      return [...others('object'), ...nulls];
    case 'array':
      return [
        ...others('array'),
        ...nulls,
        ...(schema.maxItems === undefined
          ? []
          : [Array(schema.maxItems + 1).fill(null), Array(50_000).fill('x')]),
      ];
    case 'boolean':
      return [...others('boolean'), ...nulls, 'true', 0];
    case 'integer':
    case 'number':
      return [
        ...others('number'),
        ...nulls,
        '7',
        ...outOfRange(schema),
        ...(schema.type === 'integer' ? [0.5, 1e-9] : []),
      ];
    case 'string':
      return [...others('string'), ...nulls, ...refusedTexts(schema)];
    default:
      throw new Error(`what type ${schema.type} must refuse is not known`);
  }
}

const outOfRange = ({ minimum = -Infinity, maximum = Infinity }: Schema): number[] =>
  [-1, minimum - 1, maximum + 1, 1e308, -1e308, 2 ** 53, Number.MIN_SAFE_INTEGER].filter(
    (n) => Number.isFinite(n) && (n < minimum || n > maximum),
  );

/** Texts that a field must refuse: in a body, in an address or in a query. */
export function refusedTexts(schema: Schema): readonly string[] {
  if (schema.const !== undefined || schema.enum !== undefined)
    return ['', 'nope', ...names, '💙', loneSurrogate, 'a\0b', 'x'.repeat(200_000)];
  const common = ['a\0b', '\0', loneSurrogate, `x${loneSurrogate}y`, '\u0007bell', 'x'.repeat(900_000)];
  if (schema.format === 'date')
    return [
      ...common,
      '',
      '0000-01-01',
      '9999-12-31',
      '1999-12-31',
      '2101-01-01',
      '2026-02-30',
      '2026-13-01',
      '26-01-01',
      '2026-11-24T09:00:00Z',
      '-000001-01-01',
    ];
  if (schema.format === 'date-time')
    return [
      ...common,
      '',
      '0000-01-01T00:00:00Z',
      '9999-12-31T23:59:59Z',
      '+010000-01-01T00:00:00Z',
      '1999-12-31T23:59:59Z',
      '2026-11-24',
      '2026-11-24T09:00:00',
      '2026-11-24T25:00:00Z',
      '2026-02-30T09:00:00Z',
      '2026-11-24T09:00:00+99:99',
    ];
  if (schema.format === 'uuid')
    return [
      ...common,
      '',
      '7',
      '00000000-0000-0000-0000',
      'zzzzzzzz-zzzz-4zzz-8zzz-zzzzzzzzzzzz',
      '../../etc/passwd',
      `${'0'.repeat(8)}-0000-4000-8000-${'0'.repeat(13)}`,
    ];
  if (schema.pattern !== undefined) {
    const fits = new RegExp(schema.pattern, 'u');
    return [...common, '', '-1', '💙', '../..', ' ', '9'.repeat(40), ...names].filter(
      (text) => !fits.test(text),
    );
  }
  return [...common, ...(schema.maxLength === undefined ? [] : ['æ'.repeat(schema.maxLength + 1)])];
}

/** What may be taken or refused, but never break anything. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    '💙',
    '🧑‍🦽 Zoë',
    '\u202eabc',
    'ﷺ',
    "'); DROP TABLE team;--",
    '%00',
    '{7*7}',
    '<script>alert(1)</script>',
    '   ',
    '\u00a0',
    'e\u0301'.repeat(20),
    '-0',
    '1e3',
    'null',
    'B-00000',
    '+4512345678',
    'a@b.dk',
    ...names,
  ),
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.string({ unit: 'grapheme', maxLength: 30 }),
  fc.base64String({ maxLength: 40 }),
);

export const anyValue: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 3, arbitrary: anyText },
  { weight: 1, arbitrary: fc.double({ noNaN: true }) },
  { weight: 1, arbitrary: fc.integer() },
  { weight: 2, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
);

/** Cursors of every shape but their own: lists of texts in base64url, and things that are none. */
export const anyCursor: fc.Arbitrary<string> = fc.oneof(
  fc
    .array(
      fc.oneof(
        anyText,
        fc.constantFrom(
          '2026-13-45T99:99:99.999Z',
          '2026-11-24T09:00:00.000Z',
          '9999-12-31T00:00:00.000Z',
          '-'.repeat(36),
          '00000000-0000-4000-8000-000000000000',
          'B-00000',
        ),
      ),
      { maxLength: 3 },
    )
    .map((keys) => Buffer.from(JSON.stringify(keys)).toString('base64url'))
    .filter((cursor) => cursor.length > 0 && cursor.length <= 200),
  fc.stringMatching(/^[A-Za-z0-9_-]{1,60}$/),
);

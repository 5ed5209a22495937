import { type ErrorCode, errorTexts, kindNames } from './error-texts.ts';

export type { ErrorCode };
export type Language = 'da' | 'en';
export type ErrorParams = Readonly<Record<string, string | number>>;

/** One field, row or choice that explains an error: shapes are published in the contract, never an identity. */
export type ErrorDetails = Readonly<Record<string, unknown>>;

/**
 * A mistake or refusal that somebody can act on: it has a code from the closed list and a next step.
 * Everything else that is thrown is a bug of ours and is answered as `internal`.
 */
export class DomainError extends Error {
  readonly code: ErrorCode;
  readonly params: ErrorParams;
  readonly details: ErrorDetails;

  constructor(
    code: ErrorCode,
    params: ErrorParams = {},
    options: { readonly details?: ErrorDetails; readonly cause?: unknown } = {},
  ) {
    super(
      describeError(code, params, 'en').what,
      options.cause === undefined ? {} : { cause: options.cause },
    );
    this.name = 'DomainError';
    this.code = code;
    this.params = params;
    this.details = options.details ?? {};
  }
}

/** The two sentences a person reads for an error, in their language. */
export function describeError(
  code: ErrorCode,
  params: ErrorParams,
  language: Language,
): { readonly what: string; readonly next: string } {
  const text = errorTexts[code][language];
  const fill = (sentence: string): string => {
    const filled = sentence.replace(/\{(\w+)\}/g, (_, name: string) => {
      const value = String(params[name] ?? '?');
      return name === 'kind' ? nameKind(value, language) : value;
    });
    return filled.charAt(0).toUpperCase() + filled.slice(1);
  };
  return { what: fill(text.what), next: fill(text.next) };
}

/** `staff BM13` as "medarbejderen BM13"; what has no name of its own stays as it is. */
function nameKind(value: string, language: Language): string {
  const kind = Object.keys(kindNames).find((each) => value === each || value.startsWith(`${each} `));
  const name = kind === undefined ? undefined : kindNames[kind]?.[language];
  return kind === undefined || name === undefined ? value : `${name}${value.slice(kind.length)}`;
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { JsonObject, JsonValue, Message, MessageType } from '@bufbuild/protobuf';
import type { Log } from '../log.ts';
import type { Caller } from './caller.ts';
import { answerTwirpError, asTwirpError, TwirpError } from './twirp-error.ts';

/** Larger than anything the limits let through: data, metadata and attributes together. */
export const maxBodyBytes = 1024 * 1024;

/** One method with its types forgotten: bytes or JSON in, a message out. */
export interface TwirpMethod {
  readonly fromBinary: (body: Buffer) => unknown;
  readonly fromJson: (body: JsonValue) => unknown;
  readonly call: (request: unknown, caller: Caller) => Message;
}

export type TwirpService = Readonly<Record<string, TwirpMethod>>;

export function method<Request extends Message<Request>>(
  request: MessageType<Request>,
  call: (request: Request, caller: Caller) => Message,
): TwirpMethod {
  return {
    fromBinary: (body) => request.fromBinary(body),
    fromJson: (body) => request.fromJson(body, { ignoreUnknownFields: true }),
    call: (value, caller) => {
      if (!(value instanceof request)) throw new TypeError('a message of another method');
      return call(value, caller);
    },
  };
}

/** Answers `POST /twirp/<service>/<method>` in JSON or protobuf, as the request comes (Twirp v7 specification). */
export class TwirpServer {
  readonly #services: ReadonlyMap<string, TwirpService>;
  readonly #log: Log;

  constructor(services: Readonly<Record<string, TwirpService>>, log: Log) {
    this.#services = new Map(Object.entries(services));
    this.#log = log;
  }

  /** False where no service is named so: then the path is nobody's. */
  hasService(path: string): boolean {
    return this.#services.has(splitPath(path).service);
  }

  /**
   * @param caller verified before, since a token that is none is refused for every path alike
   * @param body at most `maxBodyBytes`
   */
  answer(
    request: Pick<IncomingMessage, 'method' | 'headers'>,
    path: string,
    body: Buffer,
    caller: Caller,
    response: ServerResponse,
  ): void {
    try {
      const found = this.#route(request, path);
      const json = contentType(request, path);
      const result = found.call(decode(found, json, body), caller);
      // Names as in the .proto files and defaults written out, as Twirp's server for Go does.
      const bytes = json
        ? Buffer.from(result.toJsonString({ emitDefaultValues: true, useProtoFieldName: true }))
        : Buffer.from(result.toBinary());
      response
        .writeHead(200, {
          'content-type': json ? 'application/json' : 'application/protobuf',
          'content-length': bytes.length,
        })
        .end(bytes);
    } catch (error) {
      const answer = asTwirpError(error);
      if (answer.code === 'internal')
        this.#log.error({ err: error, path }, 'an administrative request failed');
      answerTwirpError(response, answer);
    }
  }

  #route(request: Pick<IncomingMessage, 'method'>, path: string): TwirpMethod {
    const { service, name } = splitPath(path);
    if (request.method !== 'POST') {
      throw badRoute(request, path, `unsupported method "${request.method}" (only POST is allowed)`);
    }
    const methods = this.#services.get(service);
    const found = methods !== undefined && Object.hasOwn(methods, name) ? methods[name] : undefined;
    if (found === undefined) throw badRoute(request, path, `no handler for path "${path}"`);
    return found;
  }
}

function contentType(request: Pick<IncomingMessage, 'method' | 'headers'>, path: string): boolean {
  const type = request.headers['content-type'] ?? '';
  const essence = (type.split(';')[0] ?? '').trim().toLowerCase();
  if (essence === 'application/json') return true;
  if (essence === 'application/protobuf') return false;
  throw badRoute(request, path, `unexpected Content-Type: "${type}"`);
}

function decode(found: TwirpMethod, json: boolean, body: Buffer): unknown {
  try {
    return json ? found.fromJson(parseObject(body)) : found.fromBinary(body);
  } catch {
    throw new TwirpError('malformed', `the ${json ? 'json' : 'protobuf'} request could not be decoded`);
  }
}

function parseObject(body: Buffer): JsonObject {
  const value: unknown = JSON.parse(body.toString('utf8'));
  if (!isJsonObject(value)) throw new TypeError('not an object');
  return value;
}

function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function splitPath(path: string): { readonly service: string; readonly name: string } {
  const [, prefix, service = '', name = '', ...more] = path.split('/');
  return prefix === 'twirp' && more.length === 0 ? { service, name } : { service: '', name: '' };
}

function badRoute(request: Pick<IncomingMessage, 'method'>, path: string, why: string): TwirpError {
  return new TwirpError('bad_route', why, { twirp_invalid_route: `${request.method} ${path}` });
}

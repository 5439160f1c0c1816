import type { IncomingMessage } from 'node:http';
import type { ProblemDocument } from '../server/contract.ts';
import { ApiError, noServer } from './api-error.ts';
import { CliError } from './cli-error.ts';
import { EXIT } from './exit-codes.ts';
import { readText, sendRequest } from './http-request.ts';

/** Longest wait for an ordinary answer; an apply of 10,000 documents takes a few seconds. */
const ANSWER_TIMEOUT_SECONDS = 60;
/** Streams of lines have a heartbeat every 15 s; after four missed ones the connection is dead. */
const SILENCE_TIMEOUT_SECONDS = 60;

export interface ClientSettings {
  /** Without a slash at the end. */
  readonly server: string;
  readonly token?: string;
  /** Ends every request in flight. */
  readonly signal: AbortSignal;
}

export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

export interface Call {
  readonly query?: Query;
  readonly body?: unknown;
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** An answer with this status is no error, either (503 of `/readyz`). */
  readonly expectedStatus?: number;
}

/** The HTTP API as a client sees it. No retries: whoever waits decides. Errors are `CliError`s. */
export interface Client {
  readonly server: string;
  /** One call with a JSON answer. */
  call<T>(path: string, call?: Call): Promise<T>;
  /** The answer as it comes; ends when the server ends it. It may be silent for as long as it likes. */
  stream(path: string, query?: Query): AsyncIterable<string>;
  /** The lines of a stream that has heartbeats; they are left out, and without them the stream is given up. */
  streamLines(path: string, query?: Query): AsyncIterable<string>;
}

export function createClient(settings: ClientSettings): Client {
  return {
    server: settings.server,

    async call<T>(path: string, call: Call = {}): Promise<T> {
      const patience = AbortSignal.timeout(ANSWER_TIMEOUT_SECONDS * 1000);
      const response = await send(settings, path, { ...call, signal: patience });
      const text = await reading(settings, () => readText(response));
      return parse(settings, response, text, call.expectedStatus) as T;
    },

    stream: (path, query = {}) => openStream(settings, path, { query }),

    streamLines: (path, query = {}) =>
      lines(openStream(settings, path, { query, silenceSeconds: SILENCE_TIMEOUT_SECONDS })),
  };
}

async function* openStream(
  settings: ClientSettings,
  path: string,
  { query, silenceSeconds }: { readonly query: Query; readonly silenceSeconds?: number },
): AsyncIterable<string> {
  const patience = new AbortController();
  const timer = setTimeout(
    () => {
      patience.abort();
    },
    (silenceSeconds ?? ANSWER_TIMEOUT_SECONDS) * 1000,
  );
  try {
    const response = await send(settings, path, { query, signal: patience.signal });
    if (!isOk(response)) {
      parse(settings, response, await reading(settings, () => readText(response)));
    }
    if (silenceSeconds === undefined) {
      clearTimeout(timer);
    }
    yield* chunks(settings, response, () => {
      if (silenceSeconds !== undefined) {
        timer.refresh();
      }
    });
  } finally {
    clearTimeout(timer);
  }
}

async function send(
  { server, token, signal }: ClientSettings,
  path: string,
  { signal: patience, query = {}, body, method = 'GET' }: Call & { signal: AbortSignal },
): Promise<IncomingMessage> {
  const url = new URL(server + path);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) {
      url.searchParams.set(name, String(value));
    }
  }
  return reading({ server, signal }, () =>
    sendRequest(url, {
      method,
      headers: {
        accept: 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': contentTypeOf(method) }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.any([signal, patience]),
    }),
  );
}

/** Edits are merge patches (RFC 7396). */
function contentTypeOf(method: Call['method']): string {
  return method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
}

/** Whatever ends a request in flight is one of two things: the user, or no controller. */
async function reading<T>(
  { server, signal }: Pick<ClientSettings, 'server' | 'signal'>,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw signal.aborted ? interrupted() : noServer(server, error);
  }
}

/** Leaving the loop closes the connection. */
async function* chunks(
  { server, signal }: ClientSettings,
  response: IncomingMessage,
  reset: () => void,
): AsyncIterable<string> {
  try {
    for await (const chunk of response) {
      reset();
      yield String(chunk);
    }
  } catch (error) {
    throw signal.aborted ? interrupted() : noServer(server, error);
  }
}

function isOk({ statusCode = 0 }: IncomingMessage): boolean {
  return statusCode >= 200 && statusCode < 300;
}

function parse(
  { server }: ClientSettings,
  response: IncomingMessage,
  text: string,
  expectedStatus?: number,
): unknown {
  const value = toJson(text);
  if ((isOk(response) || response.statusCode === expectedStatus) && value !== undefined) {
    return value;
  }
  if (isProblem(value)) {
    throw new ApiError(value);
  }
  throw new CliError(
    `${server} does not answer like a Treeline API (HTTP ${response.statusCode ?? 0}): check --server`,
    EXIT.noServer,
  );
}

function toJson(text: string): unknown {
  try {
    return text === '' ? null : JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isProblem(value: unknown): value is ProblemDocument {
  return typeof value === 'object' && value !== null && 'reason' in value && 'detail' in value;
}

/** The user pressed Ctrl-C. */
function interrupted(): CliError {
  return new CliError('interrupted', EXIT.interrupted);
}

/** Lines of a stream; a last one without an end is given too, empty ones are not. */
async function* lines(stream: AsyncIterable<string>): AsyncIterable<string> {
  let rest = '';
  for await (const chunk of stream) {
    const parts = (rest + chunk).split('\n');
    rest = parts.pop() ?? '';
    yield* parts.filter((line) => line !== '');
  }
  if (rest !== '') {
    yield rest;
  }
}

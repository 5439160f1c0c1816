import { once } from 'node:events';
import { request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { UnknownOutcomeError } from './errors.ts';

/** Long enough to be told "I have it", too short for work: that is done after the answer. */
const ANSWER_TIMEOUT_SECONDS = 10;
/** Longest answer that is taken: as much as the API itself takes of a request. */
const LONGEST_ANSWER_BYTES = 1024 * 1024;

/** What came back, whatever its status. */
export interface PostAnswer {
  readonly status: number;
  readonly text: string;
}

export interface PostOptions {
  /** Where to connect, one or more: what the host of the URL stands for, so that nobody asks again after it was checked. */
  readonly addresses?: readonly string[] | undefined;
  readonly timeoutSeconds?: number;
}

/**
 * Posts a value as JSON. Redirects are answers and are not followed: who may be asked was decided for this address.
 * Throws `UnknownOutcomeError` when no whole answer comes in time, or one that is too long: what was sent may have arrived.
 */
export async function postJson(
  url: string,
  value: unknown,
  { addresses, timeoutSeconds = ANSWER_TIMEOUT_SECONDS }: PostOptions = {},
): Promise<PostAnswer> {
  const signal = AbortSignal.timeout(timeoutSeconds * 1000);
  try {
    const response = await post(new URL(url), JSON.stringify(value), { addresses, signal });
    return { status: response.statusCode ?? 0, text: await readLimited(response) };
  } catch (cause) {
    throw new UnknownOutcomeError('posting JSON: no answer', { reason: 'NoAnswer', cause });
  }
}

/** `fetch` cannot be told where to connect. */
async function post(
  url: URL,
  body: string,
  { addresses, signal }: Pick<PostOptions, 'addresses'> & { readonly signal: AbortSignal },
): Promise<IncomingMessage> {
  const request = (url.protocol === 'https:' ? requestHttps : requestHttp)(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    // A connection that was kept from before may lead to another address.
    agent: false,
    ...(addresses !== undefined && { lookup: answering(addresses) }),
    signal,
  });
  const response = once(request, 'response');
  request.end(body);
  const [answer] = (await response) as [IncomingMessage];
  return answer;
}

/** Node tries them in turn; it looks nothing up for a host that is an address. */
function answering(addresses: readonly string[]): LookupFunction {
  const found = addresses.map((address) => ({ address, family: isIP(address) }));
  return (_host, { all }, done) => {
    const [first = { address: '', family: 0 }] = found;
    done(null, all === true ? found : first.address, first.family);
  };
}

async function readLimited(response: IncomingMessage): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  // Leaving the loop cancels the rest.
  for await (const chunk of response as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength;
    if (bytes > LONGEST_ANSWER_BYTES) {
      throw new Error(`the answer is longer than ${LONGEST_ANSWER_BYTES} bytes`);
    }
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

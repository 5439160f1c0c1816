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

/**
 * Posts a value as JSON. Redirects are answers and are not followed: who may be asked was decided for this address.
 * Throws `UnknownOutcomeError` when no whole answer comes in time, or one that is too long: what was sent may have arrived.
 */
export async function postJson(
  url: string,
  value: unknown,
  { timeoutSeconds = ANSWER_TIMEOUT_SECONDS }: { readonly timeoutSeconds?: number } = {},
): Promise<PostAnswer> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify(value),
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutSeconds * 1000),
    });
    return { status: response.status, text: await readLimited(response) };
  } catch (cause) {
    throw new UnknownOutcomeError('posting JSON: no answer', { reason: 'NoAnswer', cause });
  }
}

async function readLimited(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  // Leaving the loop cancels the rest.
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength;
    if (bytes > LONGEST_ANSWER_BYTES) {
      throw new Error(`the answer is longer than ${LONGEST_ANSWER_BYTES} bytes`);
    }
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

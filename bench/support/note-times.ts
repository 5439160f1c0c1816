import { appendFileSync } from 'node:fs';

/**
 * Loaded into an agent before its own code (`node --import`): appends when it was started, registered, was asked to stop
 * and ended to the file `NOTES`, one `Note` as JSON a line.
 */
export interface Note {
  readonly event: 'started' | 'registered' | 'stopping' | 'ended';
  /** Milliseconds since 1970. */
  readonly at: number;
  /** The secret that it was started with. */
  readonly apiKey: string;
}

const { NOTES = '', API_KEY = '' } = process.env;
const plainFetch = globalThis.fetch;

note('started', performance.timeOrigin);
globalThis.fetch = async (input, init) => {
  const response = await plainFetch(input, init);
  if (response.ok && response.url.endsWith('/registry/register')) {
    note('registered');
  }
  return response;
};
process.on('SIGTERM', () => {
  note('stopping');
});
process.on('exit', () => {
  note('ended');
});

function note(event: Note['event'], at = performance.timeOrigin + performance.now()): void {
  appendFileSync(NOTES, `${JSON.stringify({ event, at, apiKey: API_KEY } satisfies Note)}\n`);
}

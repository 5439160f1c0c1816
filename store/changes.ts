import { sql } from 'kysely';
import { Client } from 'pg';
import { backoffSeconds } from '../lib/backoff.ts';
import type { Clock } from '../lib/clock.ts';
import { connectionConfig, type ConnectionTarget, type Transaction } from './db.ts';
import { translateStoreError } from './translate.ts';

/**
 * What may have changed; the truth is in the tables. `everything`: hints were or may have been lost. What is said of a
 * workspace's own agent concerns nobody below it.
 */
export type ChangeHint =
  { readonly uids: readonly string[]; readonly concerns: 'subtrees' | 'agents' } | 'everything';

export interface ListenOptions {
  readonly connection: ConnectionTarget;
  readonly applicationName: string;
  readonly clock: Clock;
  /** From 0 (inclusive) to 1 (exclusive), as `Math.random`. */
  readonly random: () => number;
  /** Told whenever the connection cannot be had or is lost; it is opened again by itself. */
  readonly onProblem: (error: unknown) => void;
}

export interface ChangeListener {
  /** Resolves when the connection is closed. No hint comes after it. */
  close(): Promise<void>;
}

/** First word of a payload that concerns agents alone; an older version takes it for a uid that nobody has. */
const AGENTS_WORD = 'agents';

const CHANNEL = 'treeline_changes';
/** 100 uids of 36 characters stay below the 8,000 bytes of a payload; who changes more wants a resync anyway. */
const MAX_UIDS = 100;
/** A connection that died without a word is noticed within this time and the timeout of a query. */
const CHECK_INTERVAL_MS = 30_000;
/** From a quick restart of PostgreSQL to one that stays away; the resync works meanwhile. */
const RECONNECT = { initialSeconds: 0.1, maxSeconds: 10, jitter: 0.2 };

/** Tells listeners, when the transaction commits, which workspaces changed. Nothing for none. */
export async function notifyChanged(
  tx: Transaction,
  uids: readonly string[] | 'everything',
): Promise<void> {
  if (uids.length > 0) {
    const isMuch = uids === 'everything' || uids.length > MAX_UIDS;
    await notify(tx, isMuch ? 'everything' : uids.join(' '));
  }
}

/** The same of workspaces whose agents said something new. A root that speaks does not bring its whole tree here. */
export async function notifyAgentsSpoke(tx: Transaction, uids: readonly string[]): Promise<void> {
  if (uids.length > 0) {
    await notify(tx, uids.length > MAX_UIDS ? 'everything' : [AGENTS_WORD, ...uids].join(' '));
  }
}

async function notify(tx: Transaction, payload: string): Promise<void> {
  await sql`select pg_notify(${CHANNEL}, ${payload})`.execute(tx);
}

function toHint(payload: string): ChangeHint {
  if (payload === 'everything') {
    return payload;
  }
  const words = payload.split(' ');
  return words[0] === AGENTS_WORD
    ? { uids: words.slice(1), concerns: 'agents' }
    : { uids: words, concerns: 'subtrees' };
}

/** Listens on a connection of its own until it is closed. Every (re)connection begins with `everything`. */
export function listenForChanges(
  options: ListenOptions,
  onChange: (hint: ChangeHint) => void,
): ChangeListener {
  const closing = new AbortController();
  const finished = keepListening(options, onChange, closing.signal);
  return {
    async close() {
      closing.abort();
      await finished;
    },
  };
}

async function keepListening(
  { onProblem, ...options }: ListenOptions,
  onChange: (hint: ChangeHint) => void,
  closing: AbortSignal,
): Promise<void> {
  let failures = 0;
  while (!closing.aborted) {
    try {
      await listenOnce(options, closing, (hint) => {
        failures = 0;
        onChange(hint);
      });
    } catch (error) {
      failures += 1;
      onProblem(translateStoreError(error));
      const seconds = backoffSeconds({ ...RECONNECT, failures, random: options.random });
      await options.clock.sleep(seconds * 1000, closing);
    }
  }
}

/** Resolves when `closing` is aborted, throws when the connection is lost. */
async function listenOnce(
  { connection, applicationName, clock }: Omit<ListenOptions, 'onProblem'>,
  closing: AbortSignal,
  onChange: (hint: ChangeHint) => void,
): Promise<void> {
  const client = new Client(connectionConfig(connection, applicationName));
  const lost = new AbortController();
  client.on('error', (error) => {
    lost.abort(error);
  });
  client.on('end', () => {
    lost.abort(new Error('Connection terminated'));
  });
  client.on('notification', ({ payload = '' }) => {
    onChange(toHint(payload));
  });
  const isOver = AbortSignal.any([closing, lost.signal]);
  try {
    await client.connect();
    await client.query(`listen ${CHANNEL}`);
    onChange('everything');
    while (!isOver.aborted) {
      await client.query('select 1');
      await clock.sleep(CHECK_INTERVAL_MS, isOver);
    }
  } finally {
    // Lost already or not: there is nobody left to tell.
    await client.end().catch(() => undefined);
  }
  if (!closing.aborted) {
    throw lost.signal.reason as Error;
  }
}

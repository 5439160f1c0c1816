import type { Phase } from '../api/reasons.ts';

/** Who speaks: the workspace it says it is, and the SHA-256 of its token. */
export interface Speaker {
  readonly uid: string;
  readonly tokenHash: string;
}

/** What an agent says; see `agent_reports` for what becomes of it. */
export type AgentWord = RegisterWord | HeartbeatWord | CardWord | LookWord | BootstrapWord;

export interface RegisterWord extends Speaker {
  readonly kind: 'register';
  /** Checked before (`server/registry/agent-url.ts`). */
  readonly url: string;
  readonly card: object;
  readonly configRevision?: string;
}

export interface HeartbeatWord extends Speaker {
  readonly kind: 'heartbeat';
  /** 0 to 1. */
  readonly errorRate: number;
  readonly sampleError?: string;
  readonly currentTask?: string;
  /** A whole number from 0 on. */
  readonly activeTasks: number;
  readonly uptimeSeconds?: number;
  /** 0: nothing new. */
  readonly monthlySpendCents: number;
  readonly runtimeState: '' | 'wedged';
  /** Absent: as before. */
  readonly metadata?: object;
  readonly configRevision?: string;
}

export interface CardWord extends Speaker {
  readonly kind: 'card';
  readonly card: object;
}

/** Asks what is desired and says nothing: no sign of life, and no use of the token. */
export interface LookWord extends Omit<Speaker, 'uid'> {
  readonly kind: 'look';
  /** Absent: the workspace of the token. */
  readonly uid?: string;
}

/** As a look, with a bootstrap token, which is good for no other word. */
export interface BootstrapWord extends Omit<LookWord, 'kind'> {
  readonly kind: 'bootstrap';
}

/** How an instance should be now; a pause of any ancestor counts. */
export type DesiredState = 'Running' | 'Paused' | 'Hibernated';

/** A direct child in the tree. */
export interface ChildReference {
  readonly uid: string;
  readonly name: string;
}

export interface AcceptedWord {
  readonly kind: 'ok';
  readonly uid: string;
  readonly attempt: number;
  readonly phase: Phase;
  readonly desiredState: DesiredState;
  /**
   * First 12 characters of the hash of the bundle the open attempt was last started with, or that an agent elsewhere should fetch; ''
   * when it is not known.
   */
  readonly configRevision: string;
  /** Without those that are being deleted, by name. */
  readonly children: readonly ChildReference[];
  /** The reconciler should look at once. */
  readonly isTransition: boolean;
}

/**
 * `unauthorized`: no such token, or revoked. `wrong-workspace`: the token of another. `unknown-workspace`: the token is
 * good and its record is missing. `gone`: being deleted, or released; the tombstone wins. `stale-attempt`: not the open one.
 */
export type RefusalKind =
  'unauthorized' | 'wrong-workspace' | 'unknown-workspace' | 'gone' | 'stale-attempt';

export type WordAnswer = AcceptedWord | { readonly kind: RefusalKind };

/** The word as a JSON object with the names of the columns it goes to. */
export function toWordJson(word: AgentWord): string {
  const speaker = { kind: word.kind, uid: word.uid, token_hash: word.tokenHash };
  return JSON.stringify({ ...speaker, ...columnsOf(word) }).replaceAll(ESCAPE, (escape) =>
    UNSTORABLE.test(escape) ? String.raw`\ufffd` : escape,
  );
}

/** Cards and metadata are the agent's own, so keys too may hold what jsonb refuses (`storable.ts` looks at values). */
const ESCAPE = /\\(?:u[0-9a-f]{4}|.)/g;
/** NUL, or half of a surrogate pair: `JSON.stringify` escapes no whole pair. */
const UNSTORABLE = /^\\u(?:0000|d[89a-f])/;

function columnsOf(word: AgentWord): object {
  switch (word.kind) {
    case 'register':
      return { url: word.url, card: word.card, config_revision: word.configRevision };
    case 'heartbeat':
      return {
        error_rate: word.errorRate,
        sample_error: word.sampleError,
        current_task: word.currentTask,
        active_tasks: word.activeTasks,
        uptime_seconds: word.uptimeSeconds,
        monthly_spend_cents: word.monthlySpendCents,
        runtime_state: word.runtimeState,
        metadata: word.metadata,
        config_revision: word.configRevision,
      };
    case 'card':
      return { card: word.card };
    case 'look':
    case 'bootstrap':
      return {};
  }
}

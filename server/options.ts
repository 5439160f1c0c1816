import type { Clock } from '../lib/clock.ts';
import type { PostAnswer } from '../lib/post-json.ts';
import type { Rendering } from '../api/rendering.ts';
import type { Db } from '../store/db.ts';
import type { AttemptKey } from '../store/launches.ts';
import type { BackendInfo, Readiness } from './contract-operations.ts';
import type { Logger } from '../lib/logger.ts';
import type { ListenOptions } from './listen-safety.ts';
import type { AgentApiOptions } from './registry/options.ts';

/** An agent that is up, and where it listens. */
export interface Recipient {
  readonly workspaceUid: string;
  readonly url: string;
  /** What the host of `url` stands for, where that had to be checked: connect to these, and look nothing up again. */
  readonly addresses?: readonly string[];
}

/** A token that was just made, and what is stored of it. */
export interface MintedToken {
  readonly token: string;
  readonly inboundSecret: string;
  /** SHA-256, hexadecimal. */
  readonly tokenHash: string;
  readonly sealedInboundSecret: string;
}

/** How tokens for agents that run elsewhere are made. */
export interface AgentConnecting {
  /** Where agents find this controller. */
  readonly platformUrl: () => string;
  /** `sealed`: the inbound secret of the attempt as it is stored, so that it stays the same. */
  readonly mint: (attempt: AttemptKey, sealed: string | undefined) => MintedToken;
}

/** What the server needs of its surroundings; it changes nothing outside the store. */
export interface ServerOptions {
  readonly db: Db;
  readonly installationId: string;
  /** `none`: every request is an operator's (only for a loopback listener). */
  readonly authentication: 'none' | 'tokens';
  /** With `tokens`: a request without a token is an operator's. For the embedded default on loopback only. */
  readonly allowWithoutToken: boolean;
  readonly info: { readonly version: string };
  readonly listen: ListenOptions;
  readonly clock: Clock;
  /** Cryptographically random, as `crypto.randomBytes`; tokens are made of it. */
  readonly randomBytes: (size: number) => Uint8Array;
  readonly log: ServerLog;
  /** The last `tail` lines of the workspace's instance. Throws `NotFoundError` when it has none. */
  readonly readLog: (workspaceUid: string, tail: number) => Promise<string>;
  /** The last `tail` lines and then what is added, until `signal` is aborted. None: following is refused with 501. */
  readonly followLog?: (
    workspaceUid: string,
    tail: number,
    signal: AbortSignal,
  ) => AsyncIterable<string>;
  /** What a launch would deliver now, without a secret value; undefined: no such workspace. None: refused with 501. */
  readonly renderWorkspace?: (namespace: string, name: string) => Promise<Rendering | undefined>;
  /** None: agents that run elsewhere cannot be connected, 501. */
  readonly connecting?: AgentConnecting;
  /** Posts JSON to an agent. Throws `UnknownOutcomeError` when it does not answer within seconds. */
  readonly sendMessage: (recipient: Recipient, message: unknown) => Promise<PostAnswer>;
  /** Every backend that is configured, and how it is. */
  readonly listBackends: () => readonly BackendInfo[];
  /** None: agents are not served. */
  readonly agents?: AgentApiOptions;
  /** For tests that do not wait for minutes. */
  readonly timeouts?: ServerTimeouts;
  /** Read from memory: must answer while the database is away. */
  readonly readiness: () => Readiness;
  /** Prometheus text. */
  readonly metricsText: () => Promise<string>;
}

export interface ServerTimeouts {
  /** A connection on which nothing moves for this long is cut. */
  readonly idleMilliseconds: number;
  /** For sending a whole request, headers and body. */
  readonly requestMilliseconds: number;
}

/** The part of the logger that the server uses. */
export type ServerLog = Pick<Logger, 'info' | 'error'>;

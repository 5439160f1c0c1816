import { randomUUID } from 'node:crypto';
import type { Backend } from '../../backends/backend.ts';
import { Fleet } from '../../controllers/fleet.ts';
import { Observer, type ObserverOptions } from '../../controllers/observer.ts';
import type { AnswerOf } from '../../controllers/workspace/external-agent.ts';
import { ExternalProber } from '../../controllers/workspace/external-prober.ts';
import { Prober } from '../../controllers/workspace/prober.ts';
import type { WorkspaceContext } from '../../controllers/workspace/context.ts';
import { WorkspaceReconciler } from '../../controllers/workspace/reconciler.ts';
import { Rollouts } from '../../controllers/workspace/rollout.ts';
import type { MonotonicClock } from '../../lib/clock.ts';
import { canConnect } from '../../lib/connect.ts';
import type { Logger } from '../../lib/logger.ts';
import type { Metrics } from '../../lib/metrics.ts';
import { Controller } from '../../runtime/controller.ts';
import { WorkQueue } from '../../runtime/work-queue.ts';
import type { Db } from '../../store/db.ts';
import type { PipelineServices } from '../../provisioning/pipeline.ts';
import type { SecretReader } from '../../sources/source.ts';
import type { Leadership } from '../../store/fencing.ts';
import { listDeclaredAddresses } from '../../store/external-agents.ts';
import { packageVersion } from '../package-version.ts';
import type { AgentAddresses } from './agent-addresses.ts';
import type { Installation } from './installation.ts';
import { Resync } from './resync.ts';

export interface LeaderOptions {
  readonly db: Db;
  readonly leadership: Leadership;
  readonly leaseOutlives: (seconds: number) => boolean;
  readonly installation: Installation;
  readonly backends: ReadonlyMap<string, Backend>;
  readonly provisioning: Provisioning;
  readonly pollSeconds: number;
  readonly isObserveOnly: boolean;
  readonly onFatal: (error: Error) => void;
  readonly clock: MonotonicClock;
  readonly random: () => number;
  readonly log: Logger;
  readonly metrics: Metrics;
}

/** What decisions and the pipeline take from outside. */
export interface Provisioning extends Pick<AgentAddresses, 'refuseUrl' | 'askAddress'> {
  readonly secrets: SecretReader;
  /** Where agents find this controller. */
  readonly platformUrl: () => string;
  readonly pipeline: PipelineServices;
}

/** What a leader does with workspaces; lives as long as its epoch. */
export interface Leader {
  readonly fleet: Fleet;
  readonly queue: WorkQueue;
  readonly observers: readonly Observer[];
  readonly prober: Prober;
  readonly externalProber: ExternalProber;
  readonly controller: Controller;
  readonly resync: Resync;
  /** Changes that somebody waits for. */
  readonly enqueue: (uids: readonly string[]) => void;
}

/**
 * Passes at once. A pass mostly waits for PostgreSQL or a backend; more than the connections of the pool only queue
 * there.
 */
const CONCURRENCY = 16;

/** Puts fleet, queue, reconciler and loops of one leader together. */
export function createLeader(options: LeaderOptions): Leader {
  const { clock, metrics, backends } = options;
  const fleet = new Fleet(() => clock.now());
  const queueMetrics = metrics.queue('workspace');
  const queue = new WorkQueue({ clock, random: options.random, metrics: queueMetrics });
  const enqueue = (uids: readonly string[]): void => {
    uids.forEach((uid) => {
      queue.add(uid, 'user');
    });
  };
  const observers = createObservers(options, fleet, {
    onChange: enqueue,
    onFirstList: () => {
      resync.soon();
    },
  });
  const prober = new Prober({ fleet, connect: canConnect, onChange: enqueue, clock });
  const externalProber = createExternalProber(options, enqueue);
  const answerOf: AnswerOf = (uid, url) => externalProber.answerOf(uid, url);
  const rollouts = new Rollouts({ ...options, enqueue, queued: () => queue.keys() });
  const rules = describeRules(options);
  const probers = { prober, answerOf };
  const reconciler = createReconciler(options, {
    ...{ fleet, observers, probers, enqueue, rollouts, rules },
    park: (work) => controller.park(work),
  });
  const resync = new Resync({
    ...options,
    fleet,
    ...rules,
    secrets: options.provisioning.secrets,
    hasBackend: (key) => backends.has(key),
    isAnswering: (instance) => prober.isAnswering(instance),
    answerOf,
    onDiffering: (uids) => {
      uids.forEach((uid) => {
        queue.add(uid, 'resync');
      });
      rollouts.wakeFirst();
    },
  });
  const controller = createController(options, queue, reconciler);
  const loops = { observers: [...observers.values()], prober, externalProber, controller, resync };
  return { fleet, queue, ...loops, enqueue };
}

function createExternalProber(
  { db, clock, provisioning }: LeaderOptions,
  onChange: (uids: readonly string[]) => void,
): ExternalProber {
  const list = () => listDeclaredAddresses(db);
  return new ExternalProber({ list, ask: provisioning.askAddress, onChange, clock });
}

interface Rules {
  readonly decidedBy: string;
  readonly waitedBy: string;
}

/**
 * What was decided by another version, or by one that may not act, is decided again; and who waits for a turn in a rollout asks
 * every leader anew, because whom to wake is known in memory only.
 */
function describeRules({ isObserveOnly, installation, leadership }: LeaderOptions): Rules {
  const isActing = !isObserveOnly && installation.mismatch === undefined;
  const decidedBy = `${packageVersion()}${isActing ? '' : ' observing'}`;
  return { decidedBy, waitedBy: `${decidedBy} waiting in ${leadership.epoch};` };
}

function createObservers(
  { backends, clock, log, pollSeconds }: LeaderOptions,
  fleet: Fleet,
  hooks: Pick<ObserverOptions, 'onChange' | 'onFirstList'>,
): ReadonlyMap<string, Observer> {
  return new Map(
    [...backends].map(([key, backend]) => [
      key,
      new Observer({
        ...{ key, backend, fleet, clock, log, ...hooks },
        intervalSeconds: backend.listIntervalSeconds ?? pollSeconds,
      }),
    ]),
  );
}

function createController(
  { clock, log, metrics, onFatal }: LeaderOptions,
  queue: WorkQueue,
  reconciler: WorkspaceReconciler,
): Controller {
  return new Controller({
    name: 'workspace',
    queue,
    concurrency: CONCURRENCY,
    reconcile: (uid, _signal, reconcileId) => reconciler.reconcile(uid, reconcileId),
    onFatal,
    clock,
    log,
    metrics: metrics.controller('workspace'),
    newReconcileId: () => randomUUID().slice(0, 8),
  });
}

function createReconciler(
  options: LeaderOptions,
  parts: {
    readonly fleet: Fleet;
    readonly observers: ReadonlyMap<string, Observer>;
    readonly probers: { readonly prober: Prober; readonly answerOf: AnswerOf };
    readonly enqueue: (uids: readonly string[]) => void;
    readonly rollouts: Rollouts;
    readonly rules: Rules;
    readonly park: WorkspaceContext['park'];
  },
): WorkspaceReconciler {
  const { installation, backends } = options;
  return new WorkspaceReconciler({
    context: {
      ...options,
      ...options.provisioning,
      installationId: installation.id,
      fleet: parts.fleet,
      enqueue: parts.enqueue,
      leadingSince: options.clock.now(),
      park: parts.park,
      lookSoon: (key) => parts.observers.get(key)?.lookSoon(),
    },
    acceptance: {
      ...options.provisioning,
      hasMutators: options.provisioning.pipeline.mutators.length > 0,
      mintedOf: (uid) => options.provisioning.pipeline.minted?.of(uid) ?? [],
      hasBackend: (key) => backends.has(key),
      ...(installation.mismatch !== undefined && { installationMismatch: installation.mismatch }),
    },
    isObserveOnly: options.isObserveOnly,
    isAnswering: (instance) => parts.probers.prober.isAnswering(instance),
    answerOf: parts.probers.answerOf,
    ...parts.rules,
    rollouts: parts.rollouts,
  });
}

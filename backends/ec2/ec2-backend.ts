import type { Instance as Ec2Instance, Volume } from '@aws-sdk/client-ec2';
import type { WorkspaceClassSpec } from '../../api/workspace-class.ts';
import type { MonotonicClock } from '../../lib/clock.ts';
import { NotFoundError, TerminalError, ignoreNotFound } from '../../lib/errors.ts';
import type {
  Backend,
  CallPriority,
  ClassResolution,
  Instance,
  LaneState,
  LaunchIntent,
  LaunchParameters,
  LaunchRequest,
  MutatingOperation,
} from '../backend.ts';
import type { Batcher } from './batcher.ts';
import { createDescribeBatch, createTerminateBatch, createVolumeBatch } from './batches.ts';
import type { LaneName } from './bucket-table.ts';
import { Calls, type CallMade } from './calls.ts';
import { startInstance, stopInstance, terminateInstances } from './change-state.ts';
import { resolveClass, type Ec2Resolution } from './class-resolution.ts';
import { openClients, type ClientOptions } from './clients.ts';
import { readConsole } from './console-output.ts';
import { toInstance } from './instance-conversion.ts';
import { Ec2Lanes } from './lanes.ts';
import { launchInstance } from './launching.ts';
import {
  CALL_LIFETIME_SECONDS,
  LIST_INTERVAL_SECONDS,
  SETTLE_SECONDS,
  VALUES_PER_FILTER,
} from './limits.ts';
import { byTag, describeAll, describeIds } from './listing.ts';
import { Avoidance } from './offerings.ts';
import { askedFor, freeze, parametersOf } from './parameters.ts';
import type { Sender } from './requests.ts';
import { TAG } from './tags.ts';
import { renderUserData } from './user-data.ts';
import { deleteVolumes, describeVolumes, keepVolumes, ownerOf } from './volumes.ts';

export interface Ec2BackendOptions extends ClientOptions {
  readonly installationId: string;
  readonly clock: MonotonicClock;
  /** `InstallationKey.bootstrapToken`. */
  readonly bootstrapTokenOf: (launchToken: string) => string;
  /** Whether this process is sure to lead until a call has ended; asked when a call is sent that changes something. Default: it is. */
  readonly mayCall?: () => boolean;
  /** Told of every call that was sent. */
  readonly onCall?: (call: CallMade) => void;
  /** Default: `LIST_INTERVAL_SECONDS`. */
  readonly listIntervalSeconds?: number;
  /** Default: lanes of its own. */
  readonly lanes?: Ec2Lanes;
  /** Default: the clients of the SDK, made from these options. */
  readonly sender?: Sender;
}

/**
 * Runs each instance as a machine of EC2, in one region. Everything that has to survive is kept by EC2 itself: marks as tags,
 * the launch token as its ClientToken. In memory are only the pace of calls and what had no room lately.
 */
export class Ec2Backend implements Backend {
  readonly settleSeconds = SETTLE_SECONDS;
  readonly callLifetimeSeconds = CALL_LIFETIME_SECONDS;
  readonly listIntervalSeconds: number;
  /** It is on the root volume, which goes with its instance. */
  readonly keepsState = false;
  /** What an instance is given at its launch, everybody in the account can read. */
  readonly bootstraps = true;

  readonly #options: Ec2BackendOptions;
  readonly #lanes: Ec2Lanes;
  readonly #calls: Calls;
  readonly #avoidance: Avoidance;
  readonly #descriptions: Batcher<Ec2Instance | undefined>;
  readonly #volumes: Batcher<readonly Volume[]>;
  readonly #terminations: Readonly<Record<CallPriority, Batcher<void>>>;

  constructor(options: Ec2BackendOptions) {
    const { clock, installationId, mayCall = () => true, onCall = () => undefined } = options;
    const { lanes = new Ec2Lanes({ clock }) } = options;
    this.listIntervalSeconds = options.listIntervalSeconds ?? LIST_INTERVAL_SECONDS;
    this.#options = options;
    this.#lanes = lanes;
    const sender = options.sender ?? openClients(options);
    this.#calls = new Calls({ sender, lanes, mayCall, onCall });
    this.#avoidance = new Avoidance(clock);
    this.#descriptions = createDescribeBatch({
      clock,
      describe: (ids) => describeIds(ids, this.#calls),
      idOf: ({ InstanceId }) => InstanceId,
    });
    this.#volumes = createVolumeBatch({
      clock,
      describe: (uids) => describeVolumes({ installationId, uids }, this.#calls),
      ownerOf,
    });
    this.#terminations = {
      user: this.#batchTerminations('TerminateInstances'),
      background: this.#batchTerminations('CollectInstances'),
    };
  }

  async list(): Promise<readonly Instance[]> {
    return await this.#list([]);
  }

  async listWorkspaces(uids: readonly string[]): Promise<readonly Instance[]> {
    const lists: Promise<readonly Instance[]>[] = [];
    for (let start = 0; start < uids.length; start += VALUES_PER_FILTER) {
      const values = uids.slice(start, start + VALUES_PER_FILTER);
      lists.push(this.#list([byTag(TAG.workspaceUid, values)]));
    }
    return (await Promise.all(lists)).flat();
  }

  async find(id: string): Promise<Instance | undefined> {
    const seen = await this.#describe(id);
    return seen && this.#toInstance(seen);
  }

  /** By the token that EC2 keeps of the launch; the tag may be seen earlier or later than that, so it is asked as well. */
  async findByToken(token: string): Promise<Instance | undefined> {
    for (const filter of [{ Name: 'client-token', Values: [token] }, byTag(TAG.token, [token])]) {
      const seen = await describeAll([filter], this.#calls, 'finding instance');
      const launched = seen.find(({ ClientToken }) => ClientToken === token);
      if (launched !== undefined) {
        return this.#toInstance(launched);
      }
    }
    return undefined;
  }

  async resolveClass(classSpec: WorkspaceClassSpec): Promise<ClassResolution & Ec2Resolution> {
    const parameters = parametersOf(classSpec);
    if (parameters.region !== this.#options.region) {
      throw new TerminalError(`resolving the class: it is of region ${parameters.region}`, {
        reason: 'InvalidSpec',
      });
    }
    return { ...(await resolveClass(parameters, this.#calls)) };
  }

  /** Throws `TerminalError` naming what the class lacks or what does not exist, `InsufficientCapacityError` when all is full. */
  async resolve(request: LaunchRequest): Promise<LaunchParameters> {
    const asked = askedFor(request);
    // Whatever it will be rendered with is as long as this.
    renderUserData(asked, {
      uid: request.workspaceUid,
      attempt: 999_999_999,
      bootstrapToken: this.#options.bootstrapTokenOf('0'.repeat(64)),
    });
    const resolution = request.resolution ?? (await this.resolveClass(request.classSpec));
    return freeze(asked, resolution as unknown as Ec2Resolution, this.#avoidance);
  }

  reserve(operation: MutatingOperation, key: string): number {
    return this.#lanes.reserve(operation, key);
  }

  lanes(): readonly LaneState[] {
    return this.#lanes.states();
  }

  /** Without the bundle, which the instance fetches. */
  async launch(intent: LaunchIntent): Promise<Instance> {
    return await launchInstance(intent, {
      ...this.#options,
      calls: this.#calls,
      avoidance: this.#avoidance,
      findByToken: (token) => this.findByToken(token),
    });
  }

  async stop(id: string): Promise<void> {
    await stopInstance(getId(id), this.#calls, () => this.find(id));
  }

  async start(id: string): Promise<void> {
    await startInstance(getId(id), this.#calls, () => this.find(id));
  }

  async retainState(id: string): Promise<void> {
    const seen = await this.#describe(getId(id));
    if (seen === undefined) {
      throw new NotFoundError('retaining state: there is no such instance');
    }
    await keepVolumes(seen, this.#calls);
  }

  async terminate(id: string, priority: CallPriority = 'user'): Promise<void> {
    if (isId(id)) {
      await this.#terminations[priority].add(id).catch(ignoreNotFound);
    }
  }

  async removeState(workspaceUid: string): Promise<void> {
    if (workspaceUid === '') {
      throw new TerminalError('removing state: it names no workspace', { reason: 'InvalidSpec' });
    }
    await deleteVolumes(await this.#volumes.add(workspaceUid), this.#calls);
  }

  async readLog(id: string, tail: number): Promise<string> {
    return await readConsole(getId(id), tail, this.#calls);
  }

  async #list(filters: Parameters<typeof describeAll>[0]): Promise<readonly Instance[]> {
    const { installationId } = this.#options;
    const ours = byTag(TAG.installation, [installationId]);
    const seen = await describeAll([ours, ...filters], this.#calls, 'listing instances');
    // A filter takes * and ? for wildcards.
    return seen
      .map((one) => this.#toInstance(one))
      .filter(({ marks }) => marks.installationId === installationId);
  }

  /** undefined for what cannot be an id of EC2: asked for, it would spoil the batch of all others. */
  async #describe(id: string): Promise<Ec2Instance | undefined> {
    return isId(id) ? await this.#descriptions.add(id) : undefined;
  }

  #batchTerminations(lane: LaneName): Batcher<void> {
    const { clock } = this.#options;
    const terminate = (ids: readonly string[]) => terminateInstances(ids, lane, this.#calls);
    return createTerminateBatch({ clock, terminate });
  }

  #toInstance(seen: Ec2Instance): Instance {
    return toInstance(seen, this.#options);
  }
}

function getId(id: string): string {
  if (!isId(id)) {
    throw new NotFoundError('there is no such instance');
  }
  return id;
}

function isId(id: string): boolean {
  return /^i-[0-9a-f]{8,17}$/.test(id);
}

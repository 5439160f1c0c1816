import {
  DescribeInstancesCommand,
  RunInstancesCommand,
  TerminateInstancesCommand,
  paginateDescribeInstances,
  type EC2Client,
  type Instance,
} from '@aws-sdk/client-ec2';
import type { Clock } from '../../../lib/clock.ts';
import { DEFAULT_CATALOGUE } from '../../../test/fakes/ec2/model/catalogue.ts';
import type { Traffic } from './traffic.ts';

/** What a baseline works with. */
export interface Surroundings {
  readonly client: EC2Client;
  readonly clock: Clock;
  readonly traffic: Traffic;
}

/** A way to have one instance for each uid; it may be called again after it died, with the same uids. */
export interface Baseline {
  readonly name: string;
  /** Resolves when it believes that each uid has its instance and nobody else has one. */
  converge(uids: readonly string[], surroundings: Surroundings): Promise<void>;
  /** Resolves when it believes that none of them has an instance. */
  end(uids: readonly string[], surroundings: Surroundings): Promise<void>;
}

const UID_TAG = 'treeline.dev/workspace-uid';
const OWNER = { Key: 'treeline.dev/installation', Value: 'bench' };
const ALIVE = {
  Name: 'instance-state-name',
  Values: ['pending', 'running', 'stopping', 'stopped'],
};
/** What people write: a worker pool, and a wait that doubles after a failure. */
const WORKERS = 10;
const FIRST_WAIT_SECONDS = 1;
const LONGEST_WAIT_SECONDS = 30;
const MOST_TRIES = 200;
/** A call that names more instances than the bucket holds, beside a neighbour, never comes through. */
const IDS_PER_CALL = 100;

/** Looks for each object by its tag and launches what it does not find, without a token; nothing is collected. */
export const naive: Baseline = {
  name: 'naive',
  async converge(uids, surroundings) {
    await forEach(uids, async (uid) => {
      const found = await describeOne(uid, surroundings);
      if (found.length === 0) {
        await launch(uid, surroundings);
      }
    });
  },
  async end(uids, surroundings) {
    await forEach(uids, async (uid) => {
      await terminate(await describeOne(uid, surroundings), surroundings);
    });
  },
};

/** Lists all by their tags, launches what is missing without a token, and then collects doubles and strangers. */
export const tagsOnly: Baseline = {
  name: 'tags-only',
  async converge(uids, surroundings) {
    const known = new Set((await listOurs(surroundings)).map(uidOf));
    await forEach(
      uids.filter((uid) => !known.has(uid)),
      (uid) => launch(uid, surroundings),
    );
    const ours = await listOurs(surroundings);
    const kept = new Set<string>();
    const surplus = ours.filter((one) => {
      const uid = uidOf(one);
      const isWanted = uids.includes(uid) && !kept.has(uid);
      kept.add(uid);
      return !isWanted;
    });
    await terminate(surplus, surroundings);
  },
  async end(_uids, surroundings) {
    await terminate(await listOurs(surroundings), surroundings);
  },
};

async function launch(uid: string, surroundings: Surroundings): Promise<void> {
  await persistently(surroundings, async ({ client }) => {
    await client.send(
      new RunInstancesCommand({
        ImageId: DEFAULT_CATALOGUE.images[0]?.id,
        InstanceType: 't3.small',
        SubnetId: DEFAULT_CATALOGUE.subnets[0]?.id,
        MinCount: 1,
        MaxCount: 1,
        TagSpecifications: [
          { ResourceType: 'instance', Tags: [OWNER, { Key: UID_TAG, Value: uid }] },
        ],
      }),
    );
  });
}

async function describeOne(uid: string, surroundings: Surroundings): Promise<readonly Instance[]> {
  const Filters = [{ Name: `tag:${UID_TAG}`, Values: [uid] }, ALIVE];
  return await persistently(surroundings, async ({ client }) => {
    const { Reservations = [] } = await client.send(new DescribeInstancesCommand({ Filters }));
    return Reservations.flatMap(({ Instances = [] }) => Instances);
  });
}

async function listOurs(surroundings: Surroundings): Promise<readonly Instance[]> {
  return await persistently(surroundings, async ({ client }) => {
    const found: Instance[] = [];
    const filters = [{ Name: `tag:${OWNER.Key}`, Values: [OWNER.Value] }, ALIVE];
    const pages = paginateDescribeInstances({ client, pageSize: 1000 }, { Filters: filters });
    for await (const { Reservations = [] } of pages) {
      found.push(...Reservations.flatMap(({ Instances = [] }) => Instances));
    }
    return found;
  });
}

async function terminate(
  instances: readonly Instance[],
  surroundings: Surroundings,
): Promise<void> {
  const ids = instances.flatMap(({ InstanceId }) => InstanceId ?? []);
  for (let from = 0; from < ids.length; from += IDS_PER_CALL) {
    const InstanceIds = ids.slice(from, from + IDS_PER_CALL);
    await persistently(surroundings, async ({ client }) => {
      await client.send(new TerminateInstancesCommand({ InstanceIds }));
    });
  }
}

function uidOf({ Tags = [] }: Instance): string {
  return Tags.find(({ Key }) => Key === UID_TAG)?.Value ?? '';
}

/** Tries until it works. */
async function persistently<T>(
  surroundings: Surroundings,
  call: (surroundings: Surroundings) => Promise<T>,
): Promise<T> {
  const { clock, traffic } = surroundings;
  for (let tries = 1; ; tries += 1) {
    try {
      return await traffic.during(call(surroundings));
    } catch (error) {
      if (tries === MOST_TRIES) {
        throw error;
      }
      const seconds = Math.min(FIRST_WAIT_SECONDS * 2 ** (tries - 1), LONGEST_WAIT_SECONDS);
      await clock.sleep(seconds * 1000);
    }
  }
}

async function forEach<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = items.values();
  const worker = async (): Promise<void> => {
    for (const item of left) {
      await work(item);
    }
  };
  await Promise.all(Array.from({ length: WORKERS }, worker));
}

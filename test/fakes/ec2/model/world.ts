import { createSeededRandom, type SeededRandom } from '../../../support/seeded-random.ts';
import type { Ec2Settings } from '../settings.ts';
import { REQUEST_BUCKETS, RESOURCE_BUCKETS } from './bucket-table.ts';
import { Buckets } from './buckets.ts';
import type { Catalogue } from './catalogue.ts';
import { ClientTokens } from './client-tokens.ts';
import { History } from './history.ts';
import type { Ec2Instance, Ec2Volume } from './instance.ts';
import { SortedById } from './sorted-by-id.ts';
import type { Timeline } from './timeline.ts';

/** What really runs behind instances, in boot mode. */
export interface Guests {
  /** The instance reached `running`. */
  boot(instance: Ec2Instance): void;
  /** Resolves when nothing of it runs any more; its folder stays. */
  shutDown(instance: Ec2Instance, isForced: boolean): Promise<void>;
  /** The same, and its folder is gone. */
  destroy(instance: Ec2Instance): Promise<void>;
  /** What it has written so far. */
  readConsole(instance: Ec2Instance): string;
}

/** One account in one Region: everything that requests look at and change. Knows nothing of the wire. */
export interface World {
  readonly timeline: Timeline;
  readonly catalogue: Catalogue;
  readonly random: SeededRandom;
  readonly instances: SortedById<Ec2Instance>;
  readonly volumes: SortedById<Ec2Volume>;
  readonly tokens: ClientTokens;
  readonly history: History;
  readonly requestBuckets: Buckets<keyof typeof REQUEST_BUCKETS>;
  readonly resourceBuckets: Buckets<keyof typeof RESOURCE_BUCKETS>;
  readonly guests: Guests | undefined;
  /** Replaced whole by `configure`. */
  settings: Ec2Settings;
}

export function createWorld(given: {
  readonly timeline: Timeline;
  readonly catalogue: Catalogue;
  readonly settings: Ec2Settings;
  readonly seed: number;
  readonly guests: Guests | undefined;
}): World {
  const { seed, ...rest } = given;
  return {
    ...rest,
    random: createSeededRandom(seed),
    instances: new SortedById<Ec2Instance>(),
    volumes: new SortedById<Ec2Volume>(),
    tokens: new ClientTokens(),
    history: new History(),
    requestBuckets: new Buckets(REQUEST_BUCKETS),
    resourceBuckets: new Buckets(RESOURCE_BUCKETS),
  };
}

/** A new id as EC2 writes them: 17 hexadecimal digits. */
export function createId({ random }: World, prefix: string): string {
  let digits = '';
  while (digits.length < 17) {
    digits += random.below(16).toString(16);
  }
  return `${prefix}-${digits}`;
}

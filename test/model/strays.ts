import { planGarbage, type Stray } from '../../controllers/garbage-collection/plan.ts';
import { toInstance, toLaunchRecords } from './plan-input.ts';
import type { Setting } from './setting.ts';
import type { Database, ProviderInstance } from './world.ts';

/** What the real collector says of these instances, by these rows. */
export function straysAmong(
  items: readonly ProviderInstance[],
  database: Database,
  { rules }: Setting,
): readonly Stray[] {
  return planGarbage({
    backend: 'process',
    instances: items.map((item) => toInstance(item, rules)),
    recordUids: new Set(database.record === undefined ? [] : ['uid']),
    launches: toLaunchRecords(database, rules),
    approvedIds: new Set(database.approved.map(String)),
  });
}

/** Ids of the instances that are reported and never deleted. */
export function reportedIds(strays: readonly Stray[]): readonly number[] {
  return strays
    .filter(({ verdict }) => verdict === 'unclaimed')
    .map(({ instance }) => Number(instance.id));
}

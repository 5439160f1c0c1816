import { Ec2Error } from '../wire/ec2-error.ts';
import type { Ec2Instance, Ec2Volume, Tags } from './instance.ts';
import type { World } from './world.ts';

/**
 * What one request sees of the world. EC2 is eventually consistent: each request is answered by some replica, and one
 * good answer does not promise the next. Milliseconds.
 */
export interface View {
  readonly idsAsOf: number;
  readonly tagsAsOf: number;
}

/** Draws the replica that answers one request. */
export function openView({ timeline, settings, random }: World): View {
  const now = timeline.now();
  const isStale =
    settings.staleReadChance >= 1 || random.below(1e6) < settings.staleReadChance * 1e6;
  return isStale
    ? { idsAsOf: now - settings.idLagSeconds * 1000, tagsAsOf: now - settings.tagLagSeconds * 1000 }
    : { idsAsOf: now, tagsAsOf: now };
}

/** Those that this view has heard of, sorted by id. */
export function visibleInstances({ instances }: World, view: View): readonly Ec2Instance[] {
  return instances.all().filter((one) => one.launchedAt <= view.idsAsOf);
}

export function visibleVolumes({ volumes }: World, view: View): readonly Ec2Volume[] {
  return volumes.all().filter((one) => one.createdAt <= view.idsAsOf);
}

export function tagsIn(view: View, { tags }: Ec2Instance | Ec2Volume): Tags {
  return tags.asOf(view.tagsAsOf);
}

/** The instance with this id. Throws `InvalidInstanceID.Malformed` or `InvalidInstanceID.NotFound`. */
export function getInstance(world: World, view: View, id: string): Ec2Instance {
  checkInstanceIds([id]);
  return findInstance(world, view, id) ?? refuseInstances([id]);
}

/** The instances with these ids, in this order. Throws for all of them when one does not exist, as EC2 does. */
export function getInstances(
  world: World,
  view: View,
  ids: readonly string[],
): readonly Ec2Instance[] {
  checkInstanceIds(ids);
  const { found, unknown } = look(ids, (id) => findInstance(world, view, id));
  return unknown.length === 0 ? found : refuseInstances(unknown);
}

/** The volume with this id. Throws `InvalidVolume.NotFound`. */
export function getVolume(world: World, view: View, id: string): Ec2Volume {
  return findVolume(world, view, id) ?? refuseVolumes([id]);
}

/** The volumes with these ids. Throws for all of them when one does not exist. */
export function getVolumes(world: World, view: View, ids: readonly string[]): readonly Ec2Volume[] {
  const { found, unknown } = look(ids, (id) => findVolume(world, view, id));
  return unknown.length === 0 ? found : refuseVolumes(unknown);
}

function checkInstanceIds(ids: readonly string[]): void {
  const malformed = ids.find((id) => !/^i-[0-9a-f]{8,17}$/.test(id));
  if (malformed !== undefined) {
    throw new Ec2Error('InvalidInstanceID.Malformed', `Invalid id: "${malformed}"`);
  }
}

function findInstance({ instances }: World, view: View, id: string): Ec2Instance | undefined {
  const instance = instances.get(id);
  return instance !== undefined && instance.launchedAt <= view.idsAsOf ? instance : undefined;
}

function findVolume({ volumes }: World, view: View, id: string): Ec2Volume | undefined {
  const volume = volumes.get(id);
  return volume !== undefined && volume.createdAt <= view.idsAsOf ? volume : undefined;
}

function look<T>(
  ids: readonly string[],
  find: (id: string) => T | undefined,
): { readonly found: readonly T[]; readonly unknown: readonly string[] } {
  const pairs = ids.map((id) => ({ id, item: find(id) }));
  return {
    found: pairs.flatMap(({ item }) => (item === undefined ? [] : [item])),
    unknown: pairs.filter(({ item }) => item === undefined).map(({ id }) => id),
  };
}

function refuseInstances(ids: readonly string[]): never {
  const [subject, verb] = ids.length === 1 ? ['ID', 'does'] : ['IDs', 'do'];
  throw new Ec2Error(
    'InvalidInstanceID.NotFound',
    `The instance ${subject} '${ids.join(', ')}' ${verb} not exist`,
  );
}

function refuseVolumes(ids: readonly string[]): never {
  throw new Ec2Error('InvalidVolume.NotFound', `The volume '${ids.join(', ')}' does not exist.`);
}

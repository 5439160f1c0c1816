import type { Setting } from '../setting.ts';
import { withController, type Provider, type ProviderInstance } from '../world.ts';
import type { RoleMove } from './move.ts';

/**
 * A complete list. Only between two steps: one taken during a step could be taken just after its writes, and after
 * its calls it is no good.
 */
export const list: RoleMove = (world, role, setting, emit) => {
  const controller = world[role];
  if (controller === undefined || controller.hand !== undefined) {
    return;
  }
  const { listBeforeRows } = setting.rules;
  if (!listBeforeRows && controller.view === undefined) {
    const next = { ...controller, list: undefined, view: world.database };
    emit(`${role}: reads the rows`, withController(world, role, next));
    return;
  }
  forEachList(world.provider, setting, (items, label) => {
    const next = { ...controller, list: { age: 0, items }, isListSinceCall: true };
    emit(`${role}: lists ${label}`, withController(world, role, next));
  });
};

/**
 * Every list the provider may answer: young instances may be missing, and terminated ones are shown for a while. The
 * youngest comes first, the order that the contract leaves open and that hurts most.
 */
export function forEachList(
  provider: Provider,
  setting: Setting,
  take: (items: readonly ProviderInstance[], label: string) => void,
): void {
  const tagged = provider.instances.filter(({ isTagged }) => isTagged).toReversed();
  const hidden = tagged.filter((instance) => isHideable(instance, setting));
  const hasTerminated = tagged.some(({ state }) => state === 'terminated');
  for (const isTerminatedShown of hasTerminated ? [true, false] : [true]) {
    const shown = tagged.filter(({ state }) => isTerminatedShown || state !== 'terminated');
    takeShown(shown, take);
    hidden.forEach((instance) => {
      takeShown(
        shown.filter((one) => one !== instance),
        take,
      );
    });
  }
}

/** Nobody reads the age of an instance from a list, so equal lists of different moments are made equal. */
function takeShown(
  shown: readonly ProviderInstance[],
  take: (items: readonly ProviderInstance[], label: string) => void,
): void {
  take(
    shown.map((item) => (item.age === 0 ? item : { ...item, age: 0 })),
    describe(shown),
  );
}

function describe(items: readonly ProviderInstance[]): string {
  return items.length === 0
    ? 'nothing'
    : items.map(({ id, attempt, state }) => `i${id} (attempt ${attempt}, ${state})`).join(', ');
}

/** Young enough to be missing from lists and look-ups. */
function isHideable(
  { age, state, attempt }: ProviderInstance,
  { settle, hidesFor }: Setting,
): boolean {
  return age < (attempt === 1 ? hidesFor : settle) && state !== 'terminated';
}

/**
 * What the provider may answer when it is asked for one instance, the truth first. A terminated instance is told or
 * forgotten, a young one may be missing.
 */
export function forEachAnswer(
  found: ProviderInstance | undefined,
  setting: Setting,
  take: (answer: ProviderInstance | undefined) => void,
): void {
  take(found);
  if (found !== undefined && isHideable(found, setting)) {
    take(undefined);
  }
}

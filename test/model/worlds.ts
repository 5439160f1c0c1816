import type { Edit } from './setting.ts';
import { emptied, running, world, type WorldCase } from './starts.ts';
import { SETTLE } from './world.ts';

export type { WorldCase } from './starts.ts';

const LIVES: readonly Edit[] = ['pause', 'delete', 'declare'];
const REPLACED: readonly Edit[] = ['pause', 'inputs', 'delete', 'declare'];
const EVERYTHING: readonly Edit[] = [...REPLACED, 'config', 'accept'];

/** The worlds of `make test`; every one is explored to its end. */
export const SMALL_WORLDS: readonly WorldCase[] = [
  world('crashes', { faults: 2, crashes: 1, edits: 1 }, { edits: ['pause', 'delete'] }),
  world('late calls', { faults: 2, edits: 2 }, { edits: LIVES }),
  world('edits', { edits: 3 }, { edits: EVERYTHING }),
  world('two controllers', { faults: 1, takeovers: 1, edits: 1 }, { edits: ['pause', 'delete'] }),
  world('slow terminations', { faults: 1, edits: 2 }, { edits: REPLACED, isTerminationSlow: true }),
  world(
    'nothing hides',
    { faults: 1, crashes: 1, edits: 2 },
    { edits: LIVES, settle: 0, hidesFor: 0 },
  ),
  world(
    'tags removed',
    { edits: 2, accidents: 1 },
    { edits: ['pause', 'inputs', 'delete'], accidents: ['untag'] },
  ),
  world(
    'exits',
    { edits: 1, accidents: 2 },
    { edits: [...LIVES, 'config'], accidents: ['exit', 'lose'] },
  ),
  world(
    'elsewhere and back',
    { faults: 1, crashes: 1, edits: 2 },
    { edits: ['external', 'pause', 'delete'] },
  ),
  world('copied marks', { edits: 2, accidents: 1 }, { edits: REPLACED, accidents: ['copy'] }),
  world(
    'copied marks, emptied database',
    { edits: 1, accidents: 1, restores: 1 },
    { edits: ['pause'], accidents: ['copy'], restores: ['empty'] },
  ),
  world('emptied database', { edits: 1, restores: 1 }, { edits: ['inputs'], restores: ['empty'] }),
  world(
    'restored database',
    { edits: 1, restores: 1 },
    { edits: ['inputs', 'delete'], restores: ['restore'] },
  ),
  world(
    'garbage',
    { faults: 1, edits: 2 },
    { edits: ['delete', 'declare'], collectors: ['leader'] },
  ),
  running(
    world(
      'two collectors',
      { takeovers: 1, edits: 1 },
      { edits: ['delete', 'declare'], collectors: ['leader', 'stale'] },
    ),
  ),
  emptied(world('approved garbage', { edits: 1 }, { edits: ['approve'], collectors: ['leader'] })),
  world(
    'hidden too long',
    { faults: 1, edits: 2 },
    { edits: ['delete', 'declare'], hidesFor: SETTLE + 1 },
  ),
];

/** More of the same for `make soak`; each is cut off at `SOAK_STATES`. */
const LARGE_WORLDS: readonly WorldCase[] = [
  world('crashes, large', { faults: 3, crashes: 2, edits: 2 }, { edits: REPLACED }),
  world('edits, large', { faults: 1, crashes: 1, edits: 4 }, { edits: EVERYTHING }),
  world('two controllers, large', { faults: 2, takeovers: 1, edits: 2 }, { edits: REPLACED }),
  world('three leaders, large', { takeovers: 2, crashes: 1, edits: 2 }, { edits: LIVES }),
  world(
    'two controllers where nothing hides, large',
    { faults: 1, takeovers: 1, edits: 2 },
    { edits: REPLACED, settle: 0, hidesFor: 0 },
  ),
  world(
    'tags removed, large',
    { faults: 1, crashes: 1, edits: 2, accidents: 2 },
    { edits: REPLACED, accidents: ['untag', 'exit', 'lose'] },
  ),
  world(
    'copied marks, large',
    { faults: 1, takeovers: 1, edits: 2, accidents: 1 },
    { edits: REPLACED, accidents: ['copy'] },
  ),
  world(
    'lost databases, large',
    { crashes: 1, edits: 2, restores: 1 },
    { edits: REPLACED, restores: ['restore', 'empty'] },
  ),
  world(
    'lost databases and late calls, large',
    { faults: 1, takeovers: 1, edits: 1, restores: 1 },
    { edits: ['inputs', 'delete'], restores: ['restore', 'empty'] },
  ),
  world(
    'elsewhere and back, large',
    { faults: 1, takeovers: 1, edits: 4, accidents: 1 },
    { edits: ['external', 'accept', ...LIVES], accidents: ['exit', 'lose'] },
  ),
  world(
    'garbage, large',
    { faults: 1, takeovers: 1, edits: 2 },
    { edits: ['delete', 'declare'], collectors: ['leader', 'stale'], isTerminationSlow: true },
  ),
  world(
    'garbage of a lost database, large',
    { edits: 2, restores: 1 },
    {
      edits: ['approve', 'delete', 'declare'],
      restores: ['restore', 'empty'],
      collectors: ['leader'],
    },
  ),
];

/** About 1.3 GB, and a minute of a core that nobody else uses. */
const SOAK_STATES = 3_000_000;

/** The worlds to explore: the small ones, and in a soak test the large ones as well. */
export function worldsFor(isSoak: boolean): readonly WorldCase[] {
  const large = LARGE_WORLDS.map((one) => ({ ...one, mostStates: SOAK_STATES }));
  return isSoak ? [...SMALL_WORLDS, ...large] : SMALL_WORLDS;
}

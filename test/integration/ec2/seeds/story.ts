import { createSeededRandom, type SeededRandom } from '../../../support/seeded-random.ts';
import type { Crash } from '../../../support/mortal-process.ts';
import { NAMES } from './family.ts';
import type { EndingAction } from './system-under-test.ts';

/** Its two zones are what launches try, in this order. */
const ZONES = ['us-east-1a', 'us-east-1b'] as const;

/** What goes wrong with the next call of an action. */
export type FaultName =
  | 'capacity'
  | 'quota'
  | 'unauthorized'
  | 'throttled'
  | 'failedAfter'
  | 'droppedBefore'
  | 'droppedAfter'
  | 'late'
  | 'lateOnDemand';

/** What people change about one workspace. */
export type Change = 'declare' | 'edit' | 'pause' | 'resume' | 'delete';

/** What befalls an instance from outside. */
export type Trouble = 'shutDown' | 'terminateByHand';

/** One thing that happens: by people, by EC2, to the controller, or by time. */
export type Step =
  | { readonly do: 'wish'; readonly wish: Change; readonly name: string }
  | { readonly do: 'trouble'; readonly trouble: Trouble; readonly name: string }
  | { readonly do: 'time'; readonly seconds: number }
  | { readonly do: 'lag'; readonly seconds: number; readonly staleReadChance: number }
  | { readonly do: 'full' | 'room'; readonly zone: string }
  | { readonly do: 'quota'; readonly vcpus: number }
  | { readonly do: 'deliver' }
  | { readonly do: 'goOn' }
  | { readonly do: 'blind'; readonly fault: FaultName }
  | (Provoked & { readonly do: 'fault'; readonly fault: FaultName })
  | (Provoked & { readonly do: 'crash'; readonly when: Crash['when'] })
  | (Provoked & { readonly do: 'takeOver'; readonly wait: 'before' | 'after' });

/** Something happens in a call, and something happens to that workspace which needs the call. */
interface Provoked {
  readonly action: EndingAction;
  readonly name: string;
}

export interface Story {
  readonly seed: number;
  readonly steps: readonly Step[];
}

const LEAST_STEPS = 4;
const MOST_STEPS = 12;
const ENDING = ['RunInstances', 'StartInstances', 'StopInstances', 'TerminateInstances'] as const;
/** A launch is what matters most. */
const ACTIONS = ['RunInstances', 'RunInstances', ...ENDING] as const;
/** What is in doubt is harder than what is refused. */
const FAULTS = [
  'late',
  'lateOnDemand',
  'droppedAfter',
  'failedAfter',
  'late',
  'lateOnDemand',
  'droppedBefore',
  'throttled',
  'capacity',
  'quota',
  'unauthorized',
] as const;
/** Mostly the same one, so that several things happen to it in a row. */
const USUALLY = ['ben', 'ben', ...NAMES] as const;

type Draw = (random: SeededRandom) => Step;

const wish: Draw = (random) => ({
  do: 'wish',
  wish: random.pick(['declare', 'edit', 'pause', 'resume', 'resume', 'delete', 'declare'] as const),
  name: random.pick(USUALLY),
});

const provoked: Draw = (random) => {
  const where = { action: random.pick(ACTIONS), name: random.pick(USUALLY) };
  const draws: readonly Draw[] = [
    () => ({ do: 'fault', fault: random.pick(FAULTS), ...where }),
    () => ({ do: 'fault', fault: random.pick(FAULTS), ...where }),
    () => ({ do: 'crash', when: random.pick(['before', 'after', 'late'] as const), ...where }),
    () => ({ do: 'crash', when: random.pick(['before', 'after', 'late'] as const), ...where }),
    () => ({ do: 'takeOver', wait: random.pick(['before', 'after'] as const), ...where }),
  ];
  return random.pick(draws)(random);
};

const DRAWS: readonly Draw[] = [
  ...[wish, wish, wish],
  ...[provoked, provoked, provoked, provoked, provoked, provoked],
  (random) => ({ do: 'time', seconds: random.pick([5, 20, 45, 200, 700]) }),
  (random) => ({ do: 'blind', fault: random.pick(FAULTS) }),
  (random) => ({
    do: 'lag',
    seconds: random.pick([0, 15, 60, 120]),
    staleReadChance: random.pick([1, 0.5]),
  }),
  (random) => ({ do: random.pick(['full', 'room'] as const), zone: random.pick(ZONES) }),
  (random) => ({ do: 'quota', vcpus: random.pick([2, 4, 1000]) }),
  () => ({ do: 'deliver' }),
  () => ({ do: 'goOn' }),
  (random) => ({
    do: 'trouble',
    trouble: random.pick(['shutDown', 'terminateByHand'] as const),
    name: random.pick(USUALLY),
  }),
];

const START: readonly Step[] = [
  { do: 'wish', wish: 'declare', name: 'ben' },
  { do: 'wish', wish: 'declare', name: 'dora' },
  { do: 'time', seconds: 20 },
];

/** What happens with this seed: always the same. */
export function storyOf(seed: number): Story {
  const random = createSeededRandom(seed);
  const count = LEAST_STEPS + random.below(MOST_STEPS - LEAST_STEPS + 1);
  const steps = Array.from({ length: count }, () => random.pick(DRAWS)(random));
  return { seed, steps: [...START, ...steps] };
}

import fc from 'fast-check';
import type { BackendMethod } from '../fakes/faults.ts';
import type { ProviderChoices } from '../support/harness.ts';

/** The workspaces of a sequence. */
export const NAMES = ['a', 'b', 'c', 'd'] as const;
export type Name = (typeof NAMES)[number];

/** What goes wrong with one call; words of `test/fakes/faults.ts`. */
export const FAULTS = [
  'before',
  'after',
  'late',
  'throttled',
  'capacity',
  'quota',
  'unauthorized',
  'invalid',
] as const;
export type FaultName = (typeof FAULTS)[number];

/** One thing that happens: by people, by the provider, by the process, or by time. */
export type Step =
  | { readonly do: 'declare'; readonly name: Name; readonly parent: Name | null }
  | { readonly do: 'apply' }
  | { readonly do: 'edit' | 'resize' | 'restart' | 'pause' | 'resume'; readonly name: Name }
  /** It runs elsewhere from now on, or here again. */
  | { readonly do: 'move'; readonly name: Name }
  /** The class gets another quota, or none; or another number of those that may be down for a change. */
  | { readonly do: 'ration'; readonly most: number | null }
  | { readonly do: 'bound'; readonly most: number }
  /** Rollouts of the class are paused, or go on. */
  | { readonly do: 'halt' | 'proceed' }
  /** From now on it hibernates when it is idle, or does not any more. */
  | { readonly do: 'doze'; readonly name: Name }
  | { readonly do: 'fold' | 'delete' | 'exit' | 'lose' | 'remove'; readonly name: Name }
  | { readonly do: 'look' | 'settle' | 'blind' | 'see' | 'garbage' | 'deliver' | 'release' }
  | { readonly do: 'time'; readonly seconds: number }
  | { readonly do: 'stale' }
  /** A value that every workspace is given changes, by the secret or by the template; or the secret goes and comes back. */
  | { readonly do: 'rotate' | 'redraft' | 'hide' | 'show' }
  /** Declared Hibernated; asked to hibernate, to wake, or to start with an empty state. */
  | { readonly do: 'rest' | 'hibernate' | 'wake' | 'reset'; readonly name: Name }
  | AgentStep
  | { readonly do: 'crash'; readonly at: number; readonly when: 'before' | 'after' | 'late' }
  | FaultStep
  | TakeoverStep;

/** What agents do that register. */
export type AgentStep =
  /** Its next run never speaks; it falls silent; it falls silent and its port closes; it speaks again, perhaps for the first time. */
  | { readonly do: 'mute' | 'hush' | 'hang' | 'speak'; readonly name: Name }
  /** It gets work; it has none any more. */
  | { readonly do: 'work' | 'idle'; readonly name: Name }
  /** Half of its requests fail. */
  | { readonly do: 'fail'; readonly name: Name }
  | LateWord;

/** Somebody speaks for a workspace who has no say: an agent of an old attempt, of another workspace, or of nobody. */
export interface LateWord {
  readonly do: 'late';
  readonly name: Name;
  readonly word: 'register' | 'heartbeat';
  readonly token: 'old' | 'foreign' | 'unknown';
}

/** A call fails, and something happens that asks for that call. */
export interface FaultStep {
  readonly do: 'fault';
  readonly method: BackendMethod;
  readonly fault: FaultName;
  readonly name: Name;
}

/** The leader is stopped in that call, or before its n-th statement, and another one leads on. */
export interface TakeoverStep {
  readonly do: 'takeover';
  readonly during: BackendMethod | 'statement';
  readonly wait: 'before' | 'after';
  readonly at: number;
  readonly name: Name;
}

/** A world and what happens in it. */
export interface Sequence {
  readonly provider: ProviderChoices;
  /** Whether its agents register. */
  readonly readiness: 'Running' | 'Registered';
  /** Those that are declared first, with their parents. */
  readonly start: readonly (readonly [Name, Name | null])[];
  readonly steps: readonly Step[];
}

/** Longest sequence (the "up to 20 steps"). */
const MOST_STEPS = 20;

/** Mostly one, so that several things happen to it in a row. */
const name = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Name>('a') },
  { weight: 3, arbitrary: fc.constant<Name>('b') },
  { weight: 1, arbitrary: fc.constantFrom(...NAMES) },
);
const METHODS = [
  'launch',
  'stop',
  'start',
  'terminate',
  'removeState',
  'find',
  'findByToken',
  'resolve',
  'list',
] as const;
/** A launch is what matters most. */
const method = fc.oneof(fc.constant('launch' as const), fc.constantFrom(...METHODS));
/** What is in doubt is harder than what is refused. */
const fault = fc.oneof(fc.constantFrom('after', 'late'), fc.constantFrom(...FAULTS));

/** The rarer a kind is here, the rarer it comes. */
const WEIGHTED: readonly { readonly weight: number; readonly arbitrary: fc.Arbitrary<Step> }[] = [
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('declare' as const),
      name,
      parent: fc.oneof(fc.constant(null), fc.constantFrom(...NAMES)),
    }),
  },
  {
    weight: 14,
    arbitrary: fc.record({
      do: fc.constantFrom('edit', 'resize', 'restart', 'pause', 'resume', 'delete', 'delete'),
      name,
    }),
  },
  { weight: 5, arbitrary: fc.record({ do: fc.constantFrom('exit', 'lose', 'remove'), name }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('move' as const), name }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('fold' as const), name }) },
  { weight: 1, arbitrary: fc.constant({ do: 'apply' }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constantFrom('look', 'settle', 'garbage', 'deliver', 'release'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('blind', 'see') }) },
  { weight: 1, arbitrary: fc.constant({ do: 'stale' }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constantFrom('rotate', 'rotate', 'redraft', 'hide', 'show') }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('ration' as const),
      most: fc.constantFrom(null, 0, 1, 2),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('bound' as const), most: fc.constantFrom(1, 2, 3) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('halt', 'proceed') }) },
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constantFrom('rest', 'hibernate', 'wake', 'reset'), name }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('time' as const),
      seconds: fc.constantFrom(1, 4, 12, 31, 45, 200, 400, 700),
    }),
  },
  {
    weight: 9,
    arbitrary: fc.record({ do: fc.constant('fault' as const), method, fault, name }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('crash' as const),
      at: fc.nat({ max: 40 }),
      when: fc.constantFrom('before', 'after', 'late'),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('takeover' as const),
      during: fc.oneof(fc.constant('statement' as const), method),
      wait: fc.constantFrom('before', 'after'),
      at: fc.nat({ max: 16 }),
      name,
    }),
  },
];

/** Prompt and patient providers; each keeps the promises of `settleSeconds` and `callLifetimeSeconds`. */
const PROVIDERS: readonly ProviderChoices[] = [
  {},
  { transitionSeconds: 3, terminatedVisibleSeconds: 60 },
  { settleSeconds: 10, visibleAfterSeconds: 8, transitionSeconds: 3, terminatedVisibleSeconds: 60 },
  { settleSeconds: 10, visibleAfterSeconds: 5 },
];

/** A chain, a family, loners, and a tree with an orphan. */
const STARTS: readonly Sequence['start'][] = [
  [
    ['a', null],
    ['b', 'a'],
    ['c', 'b'],
  ],
  [
    ['a', null],
    ['b', 'a'],
    ['c', 'a'],
    ['d', 'a'],
  ],
  [
    ['a', null],
    ['b', null],
    ['c', null],
  ],
  [
    ['b', 'a'],
    ['c', 'b'],
    ['d', null],
  ],
];

/** Beside the others where agents register. */
const OF_AGENTS: typeof WEIGHTED = [
  {
    weight: 12,
    arbitrary: fc.record({
      do: fc.constantFrom('mute', 'hush', 'hang', 'speak', 'work', 'idle', 'fail', 'doze'),
      name,
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('late' as const),
      name,
      word: fc.constantFrom('register', 'heartbeat'),
      token: fc.constantFrom('old', 'old', 'foreign', 'unknown'),
    }),
  },
];

/** Sequences of every length alike; fast-check alone would prefer short ones. */
export function sequencesOf(readiness: Sequence['readiness']): fc.Arbitrary<Sequence> {
  const steps = readiness === 'Registered' ? [...WEIGHTED, ...OF_AGENTS] : WEIGHTED;
  return fc.record({
    provider: fc.constantFrom(...PROVIDERS),
    readiness: fc.constant(readiness),
    start: fc.constantFrom(...STARTS),
    steps: fc.array(fc.oneof(...steps), { minLength: 1, maxLength: MOST_STEPS, size: 'max' }),
  });
}

import { EMPTY } from './moves/database.ts';
import { ALL_RULES, type Setting } from './setting.ts';
import {
  DECLARED,
  FRESH,
  LIFETIME,
  OTHERS,
  SETTLE,
  tokenOf,
  type Budget,
  type Database,
  type LaunchRow,
  type Provider,
  type ProviderInstance,
  type World,
} from './world.ts';

/** One small world: where it starts, and what can happen in it. */
export interface WorldCase {
  readonly name: string;
  readonly initial: World;
  readonly setting: Setting;
  /** Where it is cut off. */
  readonly mostStates: number;
}

const NO_BUDGET: Budget = {
  faults: 0,
  crashes: 0,
  takeovers: 0,
  edits: 0,
  accidents: 0,
  restores: 0,
  wasDatabaseLost: false,
};

const QUIET: Setting = {
  rules: ALL_RULES,
  edits: [],
  accidents: [],
  restores: [],
  collectors: [],
  isTerminationSlow: false,
  settle: SETTLE,
  hidesFor: SETTLE,
};

const NOTHING: Provider = { instances: [], calls: [], effects: [] };

/** A workspace that was just declared, and a leader that has just started. */
export function world(
  name: string,
  budget: Partial<Budget>,
  setting: Partial<Setting> = {},
): WorldCase {
  const database: Database = {
    record: DECLARED,
    rows: [],
    approved: [],
    others: OTHERS,
    liveRecords: OTHERS + 1,
  };
  return {
    name,
    initial: {
      database,
      backup: undefined,
      provider: NOTHING,
      leader: FRESH,
      stale: undefined,
      budget: { ...NO_BUDGET, ...budget },
    },
    setting: { ...QUIET, ...setting },
    mostStates: Infinity,
  };
}

const RUNNING: ProviderInstance = {
  id: 0,
  attempt: 1,
  token: tokenOf(1, 1),
  state: 'running',
  age: SETTLE,
  isTagged: true,
  config: 1,
  hasExited: false,
  exits: 0,
  origin: 'ours',
};

const LAUNCHED: LaunchRow = {
  attempt: 1,
  state: 'launched',
  callsInDoubt: 0,
  age: LIFETIME + SETTLE,
  isRefused: false,
  instanceId: 0,
  inputs: 1,
  config: 1,
  token: tokenOf(1, 1),
};

/** The same, with its first instance running. */
export function running({ initial, ...rest }: WorldCase): WorldCase {
  const database = { ...initial.database, rows: [LAUNCHED] };
  return { ...rest, initial: { ...initial, database, provider: withInstances(RUNNING) } };
}

/** The same, just after its database was emptied; somebody else's instance carries our installation's id. */
export function emptied({ initial, ...rest }: WorldCase): WorldCase {
  const stranger: ProviderInstance = { ...RUNNING, id: 1, origin: 'stranger' };
  const budget = { ...initial.budget, wasDatabaseLost: true };
  const provider = withInstances(RUNNING, stranger);
  return { ...rest, initial: { ...initial, database: EMPTY, provider, budget } };
}

function withInstances(...instances: readonly ProviderInstance[]): Provider {
  return { ...NOTHING, instances };
}

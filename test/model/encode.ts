import type {
  Backup,
  Budget,
  Controller,
  Database,
  GarbageHand,
  LaunchRow,
  List,
  Provider,
  ProviderInstance,
  WorkspaceRow,
  World,
} from './world.ts';

/** The parts of a world that most moves leave alone; equal text means equal part. */
export const PARTS = {
  database: (world: World) => database(world.database),
  backup: (world: World) => backup(world.backup),
  provider: (world: World) => provider(world.provider),
  leader: (world: World) => controller(world.leader),
  stale: (world: World) => controller(world.stale),
  budget: (world: World) => budget(world.budget),
} as const;

function database({ record, rows, approved, others, liveRecords }: Database): string {
  return `${workspace(record)}${rows.map(row).join('')}${others}${liveRecords}${approved.join()}`;
}

function workspace(record: WorkspaceRow | undefined): string {
  if (record === undefined) {
    return '-';
  }
  const { isDeleting, isDeclaredAgain, isPaused, isAccepted, isExternal } = record;
  const flags = bits(isDeleting, isDeclaredAgain, isPaused, isAccepted, isExternal);
  const elsewhere = `${record.externalAttempt}${record.highestExternal}`;
  return `${flags},${record.inputs}${record.config}${record.recordedExit},${elsewhere};`;
}

function row(one: LaunchRow): string {
  const state = one.state === 'closing' ? 'g' : one.state.charAt(0) + one.state.charAt(1);
  const { attempt, callsInDoubt, age, isRefused, instanceId, inputs, config, token } = one;
  return `${attempt}${state}${callsInDoubt},${age}${isRefused ? 'r' : ''},${instanceId}${inputs}${config}${token};`;
}

function backup(one: Backup | undefined): string {
  return one === undefined ? '' : `${one.holder.charAt(0)}${database(one.database)}`;
}

function provider({ instances, calls, effects }: Provider): string {
  return `${items(instances)}|${calls
    .map(({ token, config, age }) => `${token}${config}${age}`)
    .join()}|${effects.map(({ kind, id, config, why }) => `${kind}${id}${config}${why}`).join()}`;
}

function items(instances: readonly ProviderInstance[]): string {
  let text = '';
  for (const one of instances) {
    const flags = bits(one.isTagged, one.hasExited);
    text += `${one.id}${one.state}${one.origin}${one.token},${one.age}${flags}${one.config}${one.exits};`;
  }
  return text;
}

function list({ age, items: shown }: List): string {
  return `${age}:${items(shown)}`;
}

function controller(one: Controller | undefined): string {
  if (one === undefined) {
    return '-';
  }
  const hand = one.hand === undefined ? '' : Object.values(one.hand).join();
  const seen = one.list === undefined ? '' : list(one.list);
  const view = one.view === undefined ? '' : database(one.view);
  return `${one.isListSinceCall ? 1 : 0}${hand}|${seen}|${garbage(one.garbage)}|${view}`;
}

function garbage(hand: GarbageHand | undefined): string {
  switch (hand?.kind) {
    case undefined:
      return '';
    case 'rows-read':
      return `r${database(hand.rows)}`;
    case 'listed':
      return `l${items(hand.items)}${hand.rows === undefined ? '' : database(hand.rows)}`;
    case 'due':
      return `d${hand.id}${hand.why}`;
    case 'cleared':
      return `c${hand.id}${hand.why}`;
  }
}

function budget(one: Budget): string {
  const { faults, crashes, takeovers, edits, accidents, restores, wasDatabaseLost } = one;
  return `${faults}${crashes}${takeovers}${edits}${accidents}${restores}${wasDatabaseLost ? 'x' : ''}`;
}

function bits(...flags: readonly boolean[]): number {
  return flags.reduce((sum, flag) => sum * 2 + (flag ? 1 : 0), 0);
}

import { tokenOf, type Database, type LaunchRow, type WorkspaceRow } from './world.ts';

/** What the statements of `store/` do to the tables; undefined where they throw `ConflictError`. */
export type Statement = (database: Database) => Database | undefined;

/** `insertLaunch`: past the highest attempt in rows and marks; at most one open row. */
export function insertLaunch(launch: {
  readonly highestSeen: number;
  readonly inputs: number;
  readonly config: number;
}): Statement {
  return (database) => {
    const { inputs, config, highestSeen } = launch;
    const attempt = nextAttempt(database, highestSeen);
    const token = tokenOf(attempt, inputs);
    const row = { ...EMPTY_ROW, attempt, inputs, config, token };
    return hasOpenRow(database) ? undefined : withRow(database, row);
  };
}

/** `nextAttempt`: past those of agents elsewhere as well. */
function nextAttempt({ rows, record }: Database, highestSeen: number): number {
  const known = [...rows.map(({ attempt }) => attempt), record?.highestExternal ?? 0];
  return Math.max(highestSeen, ...known) + 1;
}

/** `openExternalAttempt`, with the number of `nextAttempt`. */
export function openExternal(highestSeen: number): Statement {
  return (database) => {
    const attempt = nextAttempt(database, highestSeen);
    const opened = { externalAttempt: attempt, highestExternal: attempt, recordedExit: 0 };
    return database.record && { ...database, record: { ...database.record, ...opened } };
  };
}

/** `closeExternalAttempt`. */
export function closeExternal(): Statement {
  return (database) =>
    database.record && { ...database, record: { ...database.record, externalAttempt: 0 } };
}

const EMPTY_ROW = {
  state: 'pending',
  callsInDoubt: 0,
  age: -1,
  isRefused: false,
  instanceId: -1,
} as const;

/** `countCall`; `isCounted` false leaves the count and the time as they were. */
export function countCall(attempt: number, config: number, isCounted: boolean): Statement {
  return change(attempt, ['pending'], (row) =>
    row.isRefused
      ? undefined
      : { ...row, config, ...(isCounted && { callsInDoubt: row.callsInDoubt + 1, age: 0 }) },
  );
}

/** `discountCall`. */
export function discountCall(attempt: number): Statement {
  return change(attempt, ['pending'], (row) => ({ ...row, callsInDoubt: oneLess(row) }));
}

/** `storeRefusal`. */
export function storeRefusal(attempt: number): Statement {
  return change(attempt, ['pending'], (row) => ({
    ...row,
    callsInDoubt: oneLess(row),
    isRefused: true,
  }));
}

function oneLess({ callsInDoubt }: LaunchRow): number {
  return Math.max(0, callsInDoubt - 1);
}

/** `storeLaunched`. */
export function storeLaunched(attempt: number, instanceId: number): Statement {
  return change(attempt, ['pending'], (row) => ({
    ...row,
    state: 'launched',
    instanceId,
    callsInDoubt: 0,
    age: 0,
  }));
}

/** `startClosing`. */
export function startClosing(attempt: number): Statement {
  return change(attempt, ['launched'], (row) => ({ ...row, state: 'closing' }));
}

/** `storeConfigHash`. */
export function storeConfig(attempt: number, config: number): Statement {
  return change(attempt, ['launched'], (row) => ({ ...row, config }));
}

/** `closeLaunch`. What nothing depends on any more is forgotten, to keep the world small. */
export function closeLaunch(attempt: number): Statement {
  return change(attempt, ['pending', 'launched', 'closing'], (row) => ({
    ...row,
    state: 'closed',
    callsInDoubt: 0,
    age: -1,
    isRefused: false,
    inputs: 0,
    config: 0,
  }));
}

/** `adoptLaunch` and, for a newer attempt than the open one, `closeLaunch` before it. */
export function adoptLaunch(
  adopted: Pick<LaunchRow, 'attempt' | 'token' | 'instanceId' | 'inputs' | 'config' | 'age'>,
  open: number,
): Statement {
  return (database) => {
    const isNewest = open === 0 || adopted.attempt > open;
    const before = isNewest && open !== 0 ? closeLaunch(open)(database) : database;
    const isTaken = database.rows.some(({ attempt }) => attempt === adopted.attempt);
    if (before === undefined || isTaken || (isNewest && hasOpenRow(before))) {
      return undefined;
    }
    const row: LaunchRow = { ...EMPTY_ROW, ...adopted, state: 'launched' };
    const inserted = withRow(before, row);
    return isNewest ? inserted : closeLaunch(adopted.attempt)(inserted);
  };
}

/** `updateFailures` with the evidence of an exit. */
export function recordExit(exit: number): Statement {
  return (database) =>
    database.record === undefined
      ? undefined
      : { ...database, record: { ...database.record, recordedExit: exit } };
}

/** `releaseWorkspace`: only a record that is being deleted; a declaration that waited starts anew. */
export function releaseWorkspace(declared: WorkspaceRow): Statement {
  return (database) => {
    const { record } = database;
    if (record?.isDeleting !== true) {
      return undefined;
    }
    return { ...database, record: record.isDeclaredAgain ? declared : undefined };
  };
}

function hasOpenRow({ rows }: Database): boolean {
  return rows.some(({ state }) => state !== 'closed');
}

function withRow(database: Database, row: LaunchRow): Database {
  const rows = [...database.rows, row].sort((a, b) => a.attempt - b.attempt);
  return { ...database, rows };
}

function change(
  attempt: number,
  from: readonly LaunchRow['state'][],
  update: (row: LaunchRow) => LaunchRow | undefined,
): Statement {
  return (database) => {
    const before = database.rows.find((row) => row.attempt === attempt);
    const after = before !== undefined && from.includes(before.state) ? update(before) : undefined;
    return after === undefined
      ? undefined
      : { ...database, rows: database.rows.map((row) => (row === before ? after : row)) };
  };
}

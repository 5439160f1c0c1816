import { describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { systemClock } from '../../lib/clock.ts';
import { listenForChanges, notifyChanged, type ChangeHint } from '../../store/changes.ts';
import { inTransaction, type Db } from '../../store/db.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { apply, childOf, workspace, workspaceClass } from './declarations.ts';

const LISTENER = 'treeline-test-listener';

/** Keeps hints in the order they came. */
class Hints {
  readonly #received: ChangeHint[] = [];
  #wake: () => void = () => undefined;

  readonly receive = (hint: ChangeHint): void => {
    this.#received.push(hint);
    this.#wake();
  };

  get count(): number {
    return this.#received.length;
  }

  async next(): Promise<ChangeHint | undefined> {
    while (this.#received.length === 0) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#received.shift();
  }
}

async function listen(database: TestDatabase): Promise<{ hints: Hints } & AsyncDisposable> {
  const hints = new Hints();
  const listener = listenForChanges(
    {
      connection: database.connectionString,
      applicationName: LISTENER,
      clock: systemClock,
      random: () => 0,
      onProblem: () => undefined,
    },
    hints.receive,
  );
  expect(await hints.next()).toBe('everything');
  return { hints, [Symbol.asyncDispose]: () => listener.close() };
}

async function notify(db: Db, uids: readonly string[]): Promise<void> {
  await inTransaction(db, (tx) => notifyChanged(tx, uids));
}

describe('listenForChanges', () => {
  it('begins with everything, then hands over the uids that changed', async () => {
    await using database = await createTestDatabase();
    await using listening = await listen(database);

    await notify(database.db, ['one', 'two']);

    expect(await listening.hints.next()).toEqual({ uids: ['one', 'two'], concerns: 'subtrees' });
  });

  it('says everything when more changed than a payload holds', async () => {
    await using database = await createTestDatabase();
    await using listening = await listen(database);

    await notify(
      database.db,
      Array.from({ length: 101 }, (_, index) => `uid-${index}`),
    );

    expect(await listening.hints.next()).toBe('everything');
  });

  it('hears nothing of a transaction that was rolled back', async () => {
    await using database = await createTestDatabase();
    await using listening = await listen(database);
    const failing = inTransaction(database.db, async (tx) => {
      await notifyChanged(tx, ['rolled back']);
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');

    await notify(database.db, ['committed']);

    expect(await listening.hints.next()).toEqual({ uids: ['committed'], concerns: 'subtrees' });
  });

  it('says everything again after its connection was lost', async () => {
    await using database = await createTestDatabase();
    await using listening = await listen(database);

    await sql`select pg_terminate_backend(pid) from pg_stat_activity
               where application_name = ${LISTENER} and datname = current_database()`.execute(
      database.db,
    );

    expect(await listening.hints.next()).toBe('everything');
    await notify(database.db, ['after']);
    expect(await listening.hints.next()).toEqual({ uids: ['after'], concerns: 'subtrees' });
  });

  it('leaves no connection behind when it is closed', async () => {
    await using database = await createTestDatabase();
    const listening = await listen(database);

    await listening[Symbol.asyncDispose]();
    await notify(database.db, ['late']);

    expect(listening.hints.count).toBe(0);
  });
});

describe('applySet', () => {
  it('hints at what changed, and at children that found their parent', async () => {
    await using database = await createTestDatabase();
    const [child] = await apply(database.db, [workspace('child', childOf('boss'))]);
    await using listening = await listen(database);

    const [boss] = await apply(database.db, [workspace('boss')]);

    expect(await listening.hints.next()).toEqual({
      uids: [boss?.uid, child?.uid],
      concerns: 'subtrees',
    });
  });

  it('hints at everything when a class changed, and at nothing when nothing did', async () => {
    await using database = await createTestDatabase();
    await using listening = await listen(database);

    await apply(database.db, [workspaceClass('local')]);
    await apply(database.db, [workspaceClass('local')]);
    const [ada] = await apply(database.db, [workspace('ada')]);

    expect(await listening.hints.next()).toBe('everything');
    expect(await listening.hints.next()).toEqual({ uids: [ada?.uid], concerns: 'subtrees' });
  });
});

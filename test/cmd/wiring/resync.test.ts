import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { Resync } from '../../../cmd/wiring/resync.ts';
import { Fleet } from '../../../controllers/fleet.ts';
import { apply, workspace } from '../../store/declarations.ts';
import { eventuallyTrue } from '../../support/eventually.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';
import { testProvisioning } from '../../support/provisioning.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

/** One more than are read in one go. */
const RECORDS = 501;
const GAP_MS = 200;
const INTERVAL_MS = 30_000;
const PAUSE_MS = 50;

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  const names = Array.from({ length: RECORDS }, (_, index) => `ada-${index}`);
  await apply(
    database.db,
    names.map((name) => workspace(name)),
  );
});
afterAll(async () => {
  await database[Symbol.asyncDispose]();
});

let clock: VirtualClock;
/** How many records differed in each comparison. */
let found: number[];
beforeEach(() => {
  clock = new VirtualClock();
  found = [];
});

function createResync(): Resync {
  return new Resync({
    db: database.db,
    fleet: new Fleet(() => clock.now()),
    hasBackend: () => true,
    isAnswering: () => true,
    answerOf: () => undefined,
    ...{ decidedBy: 'rules', waitedBy: 'rules waiting;' },
    secrets: testProvisioning().secrets,
    onDiffering: (uids) => found.push(uids.length),
    clock,
  });
}

async function untilItSleeps(milliseconds: number): Promise<void> {
  await eventuallyTrue({ until: `it sleeps for ${milliseconds} ms` }, async () => {
    await clock.flush();
    return clock.nextDueInMs === milliseconds;
  });
}

/** Runs until it has compared once and pauses in the middle of the next comparison. */
async function pauseInTheMiddle(resync: Resync): Promise<AsyncDisposable> {
  const stop = new AbortController();
  const running = resync.run(stop.signal, () => undefined);
  await untilItSleeps(GAP_MS);
  await clock.advance(GAP_MS);
  await untilItSleeps(INTERVAL_MS);
  await clock.advance(INTERVAL_MS);
  await untilItSleeps(PAUSE_MS);
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await running;
    },
  };
}

it('compares everything at once at first, then a page at a time', async () => {
  await using _running = await pauseInTheMiddle(createResync());
  const before = [...found];

  await clock.advance(PAUSE_MS);
  await untilItSleeps(PAUSE_MS);
  await clock.advance(PAUSE_MS);
  await untilItSleeps(GAP_MS);

  expect(before).toEqual([RECORDS]);
  expect(found).toEqual([RECORDS, RECORDS]);
});

it('pauses no more as soon as somebody waits, and compares again', async () => {
  const resync = createResync();
  await using _running = await pauseInTheMiddle(resync);

  resync.soon();
  await untilItSleeps(GAP_MS);
  await clock.advance(GAP_MS);
  await eventuallyTrue({ until: 'it has compared again' }, () => found.length === 3);

  expect(found).toEqual([RECORDS, RECORDS, RECORDS]);
});

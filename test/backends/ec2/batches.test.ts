import { describe, expect, it } from '@jest/globals';
import {
  createDescribeBatch,
  createTerminateBatch,
  createVolumeBatch,
} from '../../../backends/ec2/batches.ts';
import {
  ConflictError,
  NotFoundError,
  TerminalError,
  ThrottledError,
  UnauthorizedError,
} from '../../../lib/errors.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

/** Refuses the whole call, as EC2 does, when one of these ids is in it. */
function refusing(bad: readonly string[], refuse: (found: readonly string[]) => Error) {
  const calls: (readonly string[])[] = [];
  return {
    calls,
    call: (ids: readonly string[]) => {
      calls.push(ids);
      const found = bad.filter((id) => ids.includes(id));
      return found.length === 0 ? Promise.resolve() : Promise.reject(refuse(found));
    },
  };
}

const ids = (count: number): string[] => Array.from({ length: count }, (_, index) => `i-${index}`);

const unknown = (found: readonly string[]): Error =>
  new NotFoundError('terminating: InvalidInstanceID.NotFound', {
    cause: new Error(`The instance IDs '${found.join(', ')}' do not exist`),
  });
const protectedOne = ([first = '']: readonly string[]): Error =>
  new TerminalError('terminating: OperationNotPermitted', {
    reason: 'TerminationProtected',
    cause: new Error(`The instance '${first}' may not be terminated.`),
  });
const nameless = (): Error => new UnauthorizedError('terminating: UnauthorizedOperation');

function terminating(bad: readonly string[], refuse = unknown) {
  const clock = new VirtualClock();
  const { calls, call } = refusing(bad, refuse);
  return { clock, calls, batch: createTerminateBatch({ clock, terminate: call }) };
}

describe('terminating in batches', () => {
  it('sends one that comes alone within 0.3 seconds', async () => {
    const { clock, calls, batch } = terminating([]);

    const one = batch.add('i-1');
    await clock.advance(300);

    await expect(one).resolves.toBeUndefined();
    expect(calls).toEqual([['i-1']]);
  });

  it('sends in one call what comes over four seconds', async () => {
    const { clock, calls, batch } = terminating([]);

    const all: Promise<void>[] = [];
    for (const id of ids(800)) {
      all.push(batch.add(id));
      await clock.advance(5);
    }
    await clock.advance(300);

    await Promise.all(all);
    expect(calls.map(({ length }) => length)).toEqual([800]);
  });

  it('waits no longer than five seconds while more keep coming', async () => {
    const { clock, calls, batch } = terminating([]);

    for (const id of ids(60)) {
      void batch.add(id);
      await clock.advance(100);
    }

    expect(calls.map(({ length }) => length)).toEqual([50]);
  });

  it('asks once for an id that is added twice, and answers both', async () => {
    const { clock, calls, batch } = terminating([]);

    const both = [batch.add('i-1'), batch.add('i-1')];
    await clock.advance(300);

    expect(await Promise.all(both)).toHaveLength(2);
    expect(calls).toEqual([['i-1']]);
  });

  it.each([
    { what: 'unknown and named', refuse: unknown, kind: NotFoundError, calls: 2 },
    { what: 'protected and named', refuse: protectedOne, kind: TerminalError, calls: 2 },
    { what: 'refused without a name', refuse: nameless, kind: UnauthorizedError, calls: 19 },
  ])('lets 499 of 500 go when one is $what', async ({ refuse, kind, calls: most }) => {
    const { clock, calls, batch } = terminating(['i-77'], refuse);

    const settled = Promise.allSettled(ids(500).map((id) => batch.add(id)));
    await clock.advance(300);

    const results = await settled;
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(499);
    expect(results[77]).toMatchObject({ reason: expect.any(kind) as unknown });
    expect(calls.length).toBeLessThanOrEqual(most);
  });

  it('gives up after forty calls where all are refused, and blames no id that it did not ask for', async () => {
    const { clock, calls, batch } = terminating(ids(500), nameless);

    const settled = Promise.allSettled(ids(500).map((id) => batch.add(id)));
    await clock.advance(300);

    const results = await settled;
    expect(calls).toHaveLength(40);
    expect(results.at(-1)).toMatchObject({ reason: expect.any(ConflictError) as unknown });
  });

  it('gives a throttle to all and asks no more', async () => {
    const { clock, calls, batch } = terminating(['i-1'], () => new ThrottledError('slow', 5));

    const settled = Promise.allSettled(ids(3).map((id) => batch.add(id)));
    await clock.advance(300);

    expect((await settled).map(({ status }) => status)).toEqual(Array(3).fill('rejected'));
    expect(calls).toHaveLength(1);
  });
});

describe('describing in batches', () => {
  function describing(bad: readonly string[]) {
    const clock = new VirtualClock();
    const { calls, call } = refusing(bad, unknown);
    const batch = createDescribeBatch({
      clock,
      describe: async (some: readonly string[]) => {
        await call(some);
        return some.filter((id) => id !== 'i-silent').map((id) => ({ id, zone: 'a' }));
      },
      idOf: ({ id }) => id,
    });
    return { clock, calls, batch };
  }

  it('answers each what was seen of its id, and undefined for what nobody knows', async () => {
    const { clock, calls, batch } = describing(['i-2', 'i-3']);

    const all = Promise.all(['i-1', 'i-2', 'i-3', 'i-silent', 'i-4'].map((id) => batch.add(id)));
    await clock.advance(100);

    expect(await all).toEqual([
      { id: 'i-1', zone: 'a' },
      undefined,
      undefined,
      undefined,
      { id: 'i-4', zone: 'a' },
    ]);
    expect(calls).toEqual([
      ['i-1', 'i-2', 'i-3', 'i-silent', 'i-4'],
      ['i-1', 'i-silent', 'i-4'],
    ]);
  });

  it('sends no more than 500 ids in one call', async () => {
    const { clock, calls, batch } = describing([]);

    const all = Promise.all(ids(1100).map((id) => batch.add(id)));
    await clock.advance(100);

    await all;
    expect(calls.map(({ length }) => length)).toEqual([500, 500, 100]);
  });
});

it('looks for the volumes of many workspaces in one call, and gives each its own', async () => {
  const clock = new VirtualClock();
  const calls: (readonly string[])[] = [];
  const batch = createVolumeBatch({
    clock,
    describe: (uids: readonly string[]) => {
      calls.push(uids);
      return Promise.resolve(['vol-1', 'vol-2'].map((id) => ({ id, owner: 'a' })));
    },
    ownerOf: ({ owner }) => owner,
  });

  const both = Promise.all([batch.add('a'), batch.add('b')]);
  await clock.advance(100);

  expect(await both).toEqual([
    [
      { id: 'vol-1', owner: 'a' },
      { id: 'vol-2', owner: 'a' },
    ],
    [],
  ]);
  expect(calls).toEqual([['a', 'b']]);
});

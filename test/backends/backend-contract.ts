import { describe, expect, it as test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { WorkspaceClassSpec } from '../../api/workspace-class.ts';
import type { Backend, Instance, LaunchIntent } from '../../backends/backend.ts';
import { ConflictError, NotFoundError, TerminalError } from '../../lib/errors.ts';
import { INSTALLATION_ID, bundle, intentFor, type IntentOptions } from './intents.ts';

/** What a backend brings to the suite: a provider of its own for every test. */
export interface BackendUnderTest extends AsyncDisposable {
  readonly backend: Backend;
  /** A second client of the same provider, as another controller process has it. */
  readonly another: Backend;
  /** A client of another installation on the same provider. */
  readonly foreign: Backend;
  /**
   * Class with the runtimes `agent`, which writes the line `ready` and runs until it is stopped, and `failing`, which writes
   * `last words` and ends with code 3 once `fail` is called.
   */
  readonly classSpec: WorkspaceClassSpec;
  fail(id: string): Promise<void>;
  /** What the provider keeps of an instance. Default: everything. */
  readonly tells?: {
    /** With what bundle it was started. */
    readonly configHash: boolean;
    /** How its agent ended by itself, beside that it did and when. */
    readonly exit: object;
  };
  /** Lets a little time pass on the provider's side. */
  pause(): Promise<void>;
}

/** What `fail` leaves. */
const EXIT = { code: 3, log: expect.stringContaining('last words') };

/** Longer than any provider here takes for one step, short enough to notice a hang. */
const LOOKS = 1000;

/** Titles of the suite, and why a provider cannot show what they say. */
export type Inability = Readonly<Record<string, string>>;

interface Suite {
  readonly open: () => Promise<BackendUnderTest>;
  readonly it: (title: string, run: () => Promise<void>) => void;
}

/** The promises of `backends/backend.ts`, for every backend alike, but for what a provider that only looks like one cannot do. */
export function describeBackend(
  name: string,
  open: () => Promise<BackendUnderTest>,
  inability: Inability = {},
): void {
  const unused = new Set(Object.keys(inability));
  const it: Suite['it'] = (title, run) => {
    const reason = inability[title];
    unused.delete(title);
    if (reason === undefined) {
      test(title, run);
    } else {
      test.skip(`${title} (skipped, because ${reason})`, run);
    }
  };
  describe(`the ${name} backend keeps the contract: it`, () => {
    describeReading({ open, it });
    describeLaunching({ open, it });
    describeStoppingAndStarting({ open, it });
    describeEnding({ open, it });
  });
  if (unused.size > 0) {
    throw new Error(`the suite has no case called: ${[...unused].join(', ')}`);
  }
}

function describeReading({ open, it }: Suite): void {
  it('says how long doubt may last', async () => {
    await using subject = await open();

    expect(subject.backend.settleSeconds).toBeGreaterThanOrEqual(0);
    expect(subject.backend.callLifetimeSeconds).toBeGreaterThan(0);
  });

  it('shows nothing where nothing was launched', async () => {
    await using subject = await open();

    expect(await subject.backend.list()).toEqual([]);
    expect(await subject.backend.find('none-1')).toBeUndefined();
    expect(await subject.backend.findByToken('0'.repeat(64))).toBeUndefined();
  });

  it('resolves without launching anything, into plain JSON', async () => {
    await using subject = await open();

    const { parameters } = await intent(subject);

    expect(JSON.parse(JSON.stringify(parameters))).toEqual(parameters);
    expect(await subject.backend.list()).toEqual([]);
  });

  it('refuses a runtime that the class does not have, naming those it has', async () => {
    await using subject = await open();

    const error = await rejection(intent(subject, { runtime: 'hermes' }));

    expect(error).toBeInstanceOf(TerminalError);
    expect(error).toMatchObject({ reason: 'InvalidSpec' });
    expect(error.message).toMatch(/agent, failing/);
  });

  it('lists every instance, and none of another installation', async () => {
    await using subject = await open();
    const uids = Array.from({ length: 8 }, () => randomUUID());

    await Promise.all(uids.map((workspaceUid) => launch(subject, { workspaceUid })));

    const listed = (await subject.backend.list()).map(({ marks }) => marks.workspaceUid);
    expect(listed.sort()).toEqual(uids.sort());
    expect(await subject.foreign.list()).toEqual([]);
  });
}

function describeLaunching({ open, it }: Suite): void {
  it('shows a launched instance with its marks wherever it is looked for', async () => {
    await using subject = await open();
    const asked = await intent(subject);

    const { id } = await subject.backend.launch(asked, bundle({ configHash: 'config-7' }));

    const seen = await untilState(subject, id, 'running');
    expect(seen).toMatchObject({ id, marks: asked.marks, ...startedWith(subject, 'config-7') });
    expect(seen?.exit).toBeUndefined();
    expect(await subject.backend.findByToken(asked.token)).toEqual(seen);
    expect(await subject.another.list()).toEqual([seen]);
  });

  it('gives the same instance for the same intent, in this client and another', async () => {
    await using subject = await open();
    const asked = await intent(subject);

    const first = await subject.backend.launch(asked, bundle());
    const second = await subject.another.launch(asked, bundle());

    expect(second.id).toBe(first.id);
    await untilState(subject, first.id, 'running');
    expect(await subject.backend.list()).toHaveLength(1);
  });

  it('gives one instance when two clients launch the same intent at once', async () => {
    await using subject = await open();
    const asked = await intent(subject);

    const clients = [subject.backend, subject.another, subject.backend, subject.another];
    const launched = await Promise.all(clients.map((client) => client.launch(asked, bundle())));

    const [id = '', ...others] = new Set(launched.map((instance) => instance.id));
    expect(others).toEqual([]);
    await untilState(subject, id, 'running');
    expect(await subject.backend.list()).toHaveLength(1);
  });

  it('gives each attempt an instance of its own', async () => {
    await using subject = await open();
    const workspaceUid = randomUUID();
    const first = await launch(subject, { workspaceUid, attempt: 1 });
    await end(subject, first.id);

    const second = await launch(subject, { workspaceUid, attempt: 2 });

    expect(second.id).not.toBe(first.id);
    expect(await untilState(subject, second.id, 'running')).toMatchObject({
      marks: { workspaceUid, attempt: 2 },
    });
  });

  it('does not start an instance again when its launch is repeated after it ended', async () => {
    await using subject = await open();
    const asked = await intent(subject, { runtime: 'failing' });
    const { id } = await subject.backend.launch(asked, bundle());
    await untilState(subject, id, 'running');
    await subject.fail(id);
    await untilState(subject, id, 'stopped');

    const again = await subject.another.launch(asked, bundle());

    expect(again).toMatchObject({ id, state: 'stopped' });
  });

  it('never runs an attempt again that was terminated', async () => {
    await using subject = await open();
    const asked = await intent(subject);
    const { id } = await subject.backend.launch(asked, bundle());
    await untilState(subject, id, 'running');
    await end(subject, id);

    const again = await subject.another.launch(asked, bundle());

    expect(again).toMatchObject({ id, state: 'terminated' });
    expect(await live(subject)).toEqual([]);
  });
}

function describeStoppingAndStarting({ open, it }: Suite): void {
  it('stops an instance, which then shows no exit of its own', async () => {
    await using subject = await open();
    const { id } = await launch(subject);

    await subject.backend.stop(id);

    const seen = await untilState(subject, id, 'stopped');
    expect(seen?.exit).toBeUndefined();
    await expect(subject.another.stop(id)).resolves.toBeUndefined();
  });

  it('starts a stopped instance with the new bundle, the same one as before', async () => {
    await using subject = await open();
    const { id, marks, launchedAt } = await launch(subject);
    await subject.backend.stop(id);
    await untilState(subject, id, 'stopped');
    await subject.pause();

    await subject.backend.start(id, bundle({ configHash: 'config-2' }));

    const seen = await untilState(subject, id, 'running');
    expect(seen).toMatchObject({ id, marks, launchedAt, ...startedWith(subject, 'config-2') });
    expect(seen?.startedAt?.getTime()).toBeGreaterThan(launchedAt.getTime());
    expect(await subject.backend.list()).toHaveLength(1);
  });

  it('leaves a running instance as it is when it is to be started', async () => {
    await using subject = await open();
    const { id } = await launch(subject);
    const before = await untilState(subject, id, 'running');

    await subject.backend.start(id, bundle({ configHash: 'config-2' }));

    expect(await subject.backend.find(id)).toEqual(before);
  });

  it('starts an instance once when two clients start it at once', async () => {
    await using subject = await open();
    const { id } = await launch(subject);
    await subject.backend.stop(id);
    await untilState(subject, id, 'stopped');

    const clients = [subject.backend, subject.another, subject.backend];
    await Promise.allSettled(clients.map((client) => client.start(id, bundle())));

    expect(await untilState(subject, id, 'running')).toMatchObject({ id });
    expect(await live(subject)).toHaveLength(1);
  });

  it('keeps evidence of an agent that ended by itself, until it is started again', async () => {
    await using subject = await open();
    const { id } = await launch(subject, { runtime: 'failing' });

    await subject.fail(id);

    const seen = await untilState(subject, id, 'stopped');
    expect(seen?.exit).toMatchObject(subject.tells?.exit ?? EXIT);
    expect(seen?.exit?.at).toBeInstanceOf(Date);
    await subject.backend.start(id, bundle());
    expect((await untilState(subject, id, 'running'))?.exit).toBeUndefined();
  });

  it('refuses to stop, start or read what does not exist', async () => {
    await using subject = await open();

    const refusals = await Promise.all([
      rejection(subject.backend.stop('none-1')),
      rejection(subject.backend.start('none-1', bundle())),
      rejection(subject.backend.readLog('none-1', 10)),
    ]);

    expect(refusals.every((error) => error instanceof NotFoundError)).toBe(true);
  });

  it('reads the last lines that the agent wrote', async () => {
    await using subject = await open();
    const { id } = await launch(subject);

    await until(subject, async () => (await subject.backend.readLog(id, 10)).includes('ready'));

    expect(await subject.backend.readLog(id, 1)).toBe('ready\n');
    expect(await subject.backend.readLog(id, 0)).toBe('');
  });
}

function describeEnding({ open, it }: Suite): void {
  it('terminates an instance for good', async () => {
    await using subject = await open();
    const { id } = await launch(subject);

    await end(subject, id);

    expect(await live(subject)).toEqual([]);
    expect(await rejection(subject.backend.start(id, bundle()))).toBeInstanceOf(NotFoundError);
    expect(await rejection(subject.backend.stop(id))).toBeInstanceOf(NotFoundError);
    expect(await live(subject)).toEqual([]);
  });

  it('terminates a stopped instance', async () => {
    await using subject = await open();
    const { id } = await launch(subject);
    await subject.backend.stop(id);
    await untilState(subject, id, 'stopped');

    await end(subject, id);

    expect(await live(subject)).toEqual([]);
  });

  it('takes it as success when there is nothing left to terminate', async () => {
    await using subject = await open();
    const { id } = await launch(subject);
    await end(subject, id);

    await expect(subject.another.terminate(id)).resolves.toBeUndefined();
    await expect(subject.backend.terminate('none-1')).resolves.toBeUndefined();
  });

  it('removes state only when no instance uses it', async () => {
    await using subject = await open();
    const { id, marks } = await launch(subject);

    const refusal = await rejection(subject.backend.removeState(marks.workspaceUid));

    expect(refusal).toBeInstanceOf(ConflictError);
    await end(subject, id);
    await expect(subject.backend.removeState(marks.workspaceUid)).resolves.toBeUndefined();
    await expect(subject.backend.removeState(marks.workspaceUid)).resolves.toBeUndefined();
    await expect(subject.backend.removeState(randomUUID())).resolves.toBeUndefined();
  });
}

async function intent(
  subject: BackendUnderTest,
  options: IntentOptions = {},
): Promise<LaunchIntent> {
  return await intentFor(subject.backend, subject.classSpec, options);
}

function startedWith({ tells }: BackendUnderTest, configHash: string): Partial<Instance> {
  return tells?.configHash === false ? {} : { configHash };
}

async function launch(subject: BackendUnderTest, options: IntentOptions = {}): Promise<Instance> {
  const asked = await intent(subject, { installationId: INSTALLATION_ID, ...options });
  const { id } = await subject.backend.launch(asked, bundle());
  return (await untilState(subject, id, 'running')) ?? fail(id);
}

async function end(subject: BackendUnderTest, id: string): Promise<void> {
  await until(subject, async () => {
    await subject.backend.terminate(id);
    const seen = await subject.backend.find(id);
    return seen === undefined || seen.state === 'terminated';
  });
}

/** Instances that are not over, as another client sees them. */
async function live({ another }: BackendUnderTest): Promise<readonly Instance[]> {
  return (await another.list()).filter(({ state }) => state !== 'terminated');
}

async function untilState(
  subject: BackendUnderTest,
  id: string,
  state: Instance['state'],
): Promise<Instance | undefined> {
  await until(subject, async () => (await subject.backend.find(id))?.state === state);
  return await subject.backend.find(id);
}

async function until(subject: BackendUnderTest, isSo: () => Promise<boolean>): Promise<void> {
  for (let looks = 0; looks < LOOKS; looks += 1) {
    if (await isSo()) {
      return;
    }
    await subject.pause();
  }
  throw new Error(`it did not become so within ${LOOKS} looks`);
}

async function rejection(work: Promise<unknown>): Promise<Error> {
  return await work.then(
    () => fail('it was not refused'),
    (error: unknown) => error as Error,
  );
}

function fail(what: string): never {
  throw new Error(what);
}

import { describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import type { AgentBundle } from '../../../api/agent-messages.ts';
import { sha256Hex } from '../../../lib/hash.ts';
import { storeWords } from '../../../store/agent-reports.ts';
import { toWordJson } from '../../../store/agent-words.ts';
import { fetchBundle } from '../../support/boot-script.ts';
import { Harness } from '../../support/harness.ts';
import { processClass, workspace } from '../../support/manifests.ts';
import { testProvisioning } from '../../support/provisioning.ts';
import { emptyDatabase } from '../../support/rows.ts';

const REGISTERING = processClass({ readiness: 'Registered', provisionTimeout: { default: '10m' } });
const DEMO = workspace({ name: 'demo' });
const PROVISIONING = testProvisioning();

async function startHarness(): Promise<Harness> {
  return await Harness.start({ bootstraps: true });
}

/** Its instance runs, and has nothing but what is in its user data. */
async function startDemo(): Promise<Harness> {
  const harness = await startHarness();
  await harness.apply(REGISTERING, DEMO);
  await harness.look();
  await harness.look();
  return harness;
}

/** What the boot script of the one instance does with its bootstrap token; undefined when it is refused. */
async function boot({ db, backend }: Harness): Promise<AgentBundle | undefined> {
  const [instance] = backend.provider.liveInstances();
  return instance && (await fetchBundle(db, instance));
}

/** Its agent sends a heartbeat with the token of this bundle; answers whether it counts. */
async function speak(harness: Harness, bundle: AgentBundle | undefined): Promise<boolean> {
  await harness.syncTime();
  const [instance] = harness.backend.provider.liveInstances();
  const [answer] = await storeWords(harness.db, [
    toWordJson({
      kind: 'heartbeat',
      uid: instance?.marks.workspaceUid ?? '',
      tokenHash: sha256Hex(bundle?.files['.auth_token'] ?? ''),
      ...{ errorRate: 0, activeTasks: 0, monthlySpendCents: 0, runtimeState: '' },
    }),
  ]);
  harness.process.leader.enqueue([instance?.marks.workspaceUid ?? '']);
  return answer?.kind === 'ok';
}

async function credentials({ db }: Harness) {
  return await db.selectFrom('credentials').selectAll().orderBy('created_at').execute();
}

describe('a launch whose instance fetches its bundle', () => {
  it('stores its bootstrap token before the call is sent, and no other', async () => {
    await using harness = await startHarness();
    const launch = harness.backend.holdNext('launch');
    await harness.apply(REGISTERING, DEMO);

    const looked = harness.look();
    await launch.arrived;
    const stored = await credentials(harness);
    launch.release();
    await looked;

    const token = (await harness.launches('demo'))[0]?.token ?? '';
    const hash = sha256Hex(PROVISIONING.pipeline.key.bootstrapToken(token));
    expect(stored).toMatchObject([{ token_hash: hash, is_bootstrap: true, revoked_at: null }]);
  });

  it('is sent again with the same token when its answer was lost', async () => {
    await using harness = await startHarness();
    harness.backend.loseNextAnswer('launch');
    await harness.apply(REGISTERING, DEMO);

    await harness.look();
    await harness.advance(60);
    await harness.look();

    expect(await credentials(harness)).toHaveLength(1);
    expect(harness.instances()).toHaveLength(1);
    expect(await boot(harness)).toBeDefined();
  });

  it('is provisioned before its agent speaks, and Online when it does', async () => {
    await using harness = await startDemo();
    const before = await harness.condition('demo', 'Provisioned');

    const spoken = await speak(harness, await boot(harness));
    await harness.look();

    expect(before).toMatchObject({ status: 'True', reason: 'Running' });
    expect(spoken).toBe(true);
    expect(await harness.status('demo')).toMatchObject({ phase: 'Online' });
    expect(await boot(harness)).toBeUndefined();
  });
});

describe('an agent whose instance fetches its bundle', () => {
  it('keeps its token through stops and starts', async () => {
    await using harness = await startDemo();
    const bundle = await boot(harness);
    await speak(harness, bundle);
    await harness.apply(REGISTERING, workspace({ name: 'demo', desiredState: 'Paused' }));
    await harness.settle();

    await harness.apply(REGISTERING, DEMO);
    await harness.look();
    await harness.look();

    expect(harness.actions().filter((action) => action === 'Start')).toHaveLength(1);
    expect(await boot(harness)).toBeUndefined();
    expect(await speak(harness, bundle)).toBe(true);
  });

  it('is started with what is wanted now, and told the revision', async () => {
    await using harness = await startDemo();
    const old = await boot(harness);
    await speak(harness, old);
    // Who was launched just now waits for more changes.
    await harness.advance(3);

    await harness.apply(REGISTERING, workspace({ name: 'demo', role: 'Design' }));
    await harness.look();
    await harness.look();
    await harness.look();

    const [launch] = await harness.launches('demo');
    expect(launch?.config_hash.slice(0, 12)).not.toBe(old?.configRevision);
    expect(harness.actions().slice(-2)).toEqual(['Stop', 'Start']);
    expect(await speak(harness, old)).toBe(true);
  });

  it('gets back in with its bootstrap token after the database was lost', async () => {
    await using harness = await startDemo();
    const old = await boot(harness);
    await speak(harness, old);
    await emptyDatabase(harness.db);
    await harness.restart();

    await harness.apply(REGISTERING, DEMO);
    await harness.advance(60);
    await harness.look();
    await harness.look();
    const isKnown = await speak(harness, old);
    const next = await boot(harness);
    const isBack = await speak(harness, next);
    await harness.look();

    expect(harness.instances()).toMatchObject([{ id: 'fake-000001', state: 'running' }]);
    expect(harness.actions()).toEqual(expect.arrayContaining(['Adopt', 'Stop', 'Start']));
    expect([isKnown, isBack]).toEqual([false, true]);
    expect(await harness.status('demo')).toMatchObject({ phase: 'Online' });
    expect(await boot(harness)).toBeUndefined();
  });

  it('is not provisioned while the attempt has no good token', async () => {
    await using harness = await startDemo();
    await speak(harness, await boot(harness));
    await harness.look();
    await sql`update credentials set revoked_at = now()`.execute(harness.db);

    harness.process.leader.enqueue([harness.instances()[0]?.marks.workspaceUid ?? '']);
    await harness.look();

    expect(harness.actions()).toContain('Stop');
    expect(await harness.condition('demo', 'Provisioned')).toMatchObject({ status: 'False' });
  });

  it('gets a new token and the bootstrap of the new attempt when it is replaced', async () => {
    await using harness = await startDemo();
    const first = await boot(harness);

    await harness.advance(601);
    await harness.look();
    await harness.advance(11);
    await harness.look();
    const second = await boot(harness);

    expect(harness.instances()).toMatchObject([{ marks: { attempt: 2 } }]);
    expect(await speak(harness, first)).toBe(false);
    expect(await speak(harness, second)).toBe(true);
  });
});

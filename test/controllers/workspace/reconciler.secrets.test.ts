import { sql } from 'kysely';
import { describe, expect, it } from '@jest/globals';
import type { DeclarationOf } from '../../../api/objects.ts';
import type { WorkspaceTemplateSpec } from '../../../api/workspace-template.ts';
import { say } from '../../support/agents.ts';
import { Harness } from '../../support/harness.ts';
import { processClass, workspace } from '../../support/manifests.ts';
import { TABLES } from '../../support/rows.ts';
import type { Secrets } from '../../support/provisioning.ts';

const USER = workspace({ name: 'user', envFrom: [{ secretRef: { name: 'mine' } }] });
const OTHER = workspace({ name: 'other' });
const PLANTED = 'hunter2-planted';

/** A harness whose secrets can be changed. */
async function startWith(
  secrets: Secrets,
): Promise<{ readonly harness: Harness; readonly change: (secrets: Secrets) => void }> {
  let current = secrets;
  const harness = await Harness.start({ secrets: () => current });
  const change = (to: Secrets): void => {
    current = to;
  };
  return { harness, change };
}

function template(name: string, spec: WorkspaceTemplateSpec): DeclarationOf<'WorkspaceTemplate'> {
  const metadata = { namespace: 'default', name, labels: {}, annotations: {} };
  return { kind: 'WorkspaceTemplate', ...metadata, spec };
}

/** How often instances were started after their launch. */
function starts(harness: Harness): number {
  return harness.backend.calls.filter(({ method }) => method === 'start').length;
}

describe('a change of a secret', () => {
  it('restarts those that use it, with the same instance, and nobody else', async () => {
    const { harness, change } = await startWith({ mine: { KEY: 'a' } });
    await using _ = harness;
    await harness.apply(processClass(), USER, OTHER);
    await harness.settle();
    harness.log.clear();

    change({ mine: { KEY: 'b' } });
    await harness.settle();

    const touched = harness.log.lines.filter(({ action }) => action === 'Start');
    expect(harness.actions()).toEqual(['Stop', 'Start']);
    expect(touched).toMatchObject([{ workspace: 'default/user' }]);
    expect(await harness.activity('user')).toContain('Restarted ConfigChanged');
    expect(await harness.launches('user')).toMatchObject([{ attempt: 1, state: 'launched' }]);
  });

  it('that comes while it is restarted arrives too', async () => {
    const { harness, change } = await startWith({ mine: { KEY: 'a' } });
    await using _ = harness;
    await harness.apply(processClass(), USER);
    await harness.settle();
    const held = harness.backend.holdNext('start');

    change({ mine: { KEY: 'b' } });
    await harness.look();
    const looked = harness.look();
    await held.arrived;
    change({ mine: { KEY: 'c' } });
    held.release();
    await looked;
    await harness.settle();

    const [instance] = harness.instances();
    const [launch] = await harness.launches('user');
    expect(starts(harness)).toBe(2);
    expect(instance?.configHash).toBe(launch?.config_hash);
    expect(await harness.condition('user', 'Ready')).toMatchObject({ status: 'True' });
  });

  it('is no storm: of twenty while a restart is under way only the last one restarts again', async () => {
    const { harness, change } = await startWith({ mine: { KEY: '0' } });
    await using _ = harness;
    await harness.apply(processClass(), USER);
    await harness.settle();
    const held = harness.backend.holdNext('start');

    change({ mine: { KEY: '1' } });
    await harness.look();
    const looked = harness.look();
    await held.arrived;
    for (let count = 2; count <= 20; count += 1) {
      change({ mine: { KEY: String(count) } });
    }
    held.release();
    await looked;
    await harness.settle();

    expect(starts(harness)).toBe(2);
  });
});

describe('what a workspace needs and nobody gives', () => {
  it('is told at once, with all names', async () => {
    const { harness } = await startWith({});
    await using _ = harness;
    const requiredEnv = [{ name: 'API_KEY' }, { anyOf: ['RED', 'BLUE'] }];

    await harness.apply(processClass(), workspace({ name: 'demo', requiredEnv }));
    await harness.look();

    const accepted = await harness.condition('demo', 'Accepted');
    expect(accepted).toMatchObject({ status: 'False', reason: 'MissingEnv' });
    expect(accepted?.message).toMatch(/API_KEY.*RED.*BLUE/s);
    expect(harness.instances()).toEqual([]);
  });

  it('is launched when the secret comes', async () => {
    const { harness, change } = await startWith({});
    await using _ = harness;
    await harness.apply(processClass(), USER);
    await harness.look();

    const accepted = await harness.condition('user', 'Accepted');
    change({ mine: { KEY: 'a' } });
    await harness.settle();

    expect(accepted).toMatchObject({ status: 'False', reason: 'MissingEnv' });
    expect(accepted?.message).toContain('mine');
    expect(harness.instances()).toHaveLength(1);
  });

  it('does not stop one that runs, and is said', async () => {
    const { harness, change } = await startWith({ mine: { KEY: 'a' } });
    await using _ = harness;
    await harness.apply(processClass(), USER);
    await harness.settle();

    change({});
    await harness.settle();

    expect(harness.instances()).toHaveLength(1);
    expect(await harness.condition('user', 'Ready')).toMatchObject({
      status: 'False',
      reason: 'MissingEnv',
    });
  });
});

it('leaves no value of a secret in the database, and none in the log', async () => {
  const { harness, change } = await startWith({ mine: { KEY: `${PLANTED}-1` } });
  await using _ = harness;
  const requiredEnv = [{ name: 'NOBODY_HAS_IT' }];
  await harness.apply(processClass({ readiness: 'Registered' }), USER);
  await harness.look();
  await harness.look();
  await say(harness, 'user');
  // Who was launched just now waits for more changes.
  await harness.advance(3);
  change({ mine: { KEY: `${PLANTED}-2` } });
  await harness.look();
  await harness.look();
  await harness.apply(processClass(), workspace({ ...USER.spec, name: 'user', requiredEnv }));
  await harness.look();

  const texts = await Promise.all(
    TABLES.map(async (table) => {
      const { rows } = await sql
        .raw(`select to_jsonb(t)::text as row from ${table} t`)
        .execute(harness.db);
      return JSON.stringify(rows);
    }),
  );

  expect(starts(harness)).toBe(1);
  expect(texts.join('')).toContain('mine');
  expect(texts.join('')).not.toContain(PLANTED);
  expect(JSON.stringify(harness.log.lines)).not.toContain(PLANTED);
});

describe('a change of a template', () => {
  it('rolls out to the workspaces that use it, within the budget of their class', async () => {
    const { harness } = await startWith({});
    await using _ = harness;
    const names = ['a', 'b', 'c'];
    const users = names.map((name) => workspace({ name, templateRef: { name: 'shared' } }));
    const declare = (value: string) =>
      harness.apply(
        processClass(),
        template('shared', { env: [{ name: 'TONE', value }] }),
        OTHER,
        ...users,
      );
    await declare('warm');
    await harness.settle();

    await declare('cold');
    await harness.settle();

    const restarted = await Promise.all([...names, 'other'].map((name) => harness.activity(name)));
    const counts = restarted.map(
      (lines) => lines.filter((line) => line === 'Restarted ConfigChanged').length,
    );
    expect(counts).toEqual([1, 1, 1, 0]);
    expect(await harness.status('a')).toMatchObject({ resolved: { template: 'shared' } });
  });

  it('is waited for when there is none of that name', async () => {
    const { harness } = await startWith({});
    await using _ = harness;
    const demo = workspace({ name: 'demo', templateRef: { name: 'shared' } });
    await harness.apply(processClass(), demo);
    await harness.look();

    const accepted = await harness.condition('demo', 'Accepted');
    await harness.apply(processClass(), template('shared', { model: 'opus' }), demo);
    await harness.settle();

    expect(accepted).toMatchObject({ status: 'False', reason: 'TemplateNotFound' });
    expect(await harness.condition('demo', 'Ready')).toMatchObject({ reason: 'Online' });
  });
});

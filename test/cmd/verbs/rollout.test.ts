import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { EXIT } from '../../../cmd/exit-codes.ts';
import { CliWorld, manifest } from '../cli-world.ts';
import { condition } from '../workspaces.ts';

let world: CliWorld;

const classManifest = (name: string) => `apiVersion: treeline.dev/v1alpha1
kind: WorkspaceClass
metadata: { name: ${name} }
spec: { backend: process, process: { runtimes: { sample: { command: ["true"] } } } }
`;

beforeAll(async () => {
  world = await CliWorld.start();
  const documents = [
    classManifest('local'),
    classManifest('unused'),
    classManifest('broken'),
    'apiVersion: treeline.dev/v1alpha1\nkind: Org\nmetadata: { name: acme }\nspec: {}\n',
    manifest('ada', '{ className: local }'),
    manifest('ben', '{ className: local }', ', namespace: team'),
    manifest('cleo', '{ className: broken }'),
  ];
  await world.run('apply -f -', { stdin: documents.join('---\n') });
  await world.setStatus('ada', {});
  await world.setStatus('cleo', {
    phase: 'Failed',
    conditions: [condition('Ready', 'False', 'Unauthorized', 'no access')],
  });
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

describe('rollout status', () => {
  it.each(['local', 'wspc/local'])(
    'counts the workspaces of %s in all namespaces',
    async (name) => {
      const { code, stdout } = await world.run(`rollout status ${name}`);

      expect(code).toBe(EXIT.ok);
      expect(stdout).toBe(
        [
          'class local: 2 workspaces, 1 updated, 1 down; at most 1 down at a time',
          'NAMESPACE   NAME   STATE   WHY',
          'team        ben    Down    no controller has looked at it yet',
          '',
        ].join('\n'),
      );
    },
  );

  it('ends with a code of its own when one has failed', async () => {
    const { code, stdout } = await world.run('rollout status broken -o json');

    expect(code).toBe(EXIT.failure);
    expect(JSON.parse(stdout)).toEqual({
      kind: 'WorkspaceClass',
      namespace: '',
      name: 'broken',
      uid: expect.any(String),
      maxUnavailable: 1,
      down: [],
      workspaces: [
        { namespace: 'default', name: 'cleo', state: 'Failed', why: 'Unauthorized: no access' },
      ],
    });
  });

  it('says that there is nothing to look at', async () => {
    expect(await world.run('rollout status unused')).toEqual({
      code: EXIT.ok,
      stdout: '',
      stderr: 'no workspace is of class unused\n',
    });
  });

  it.each([
    ['rollout status nothing', EXIT.notFound, 'nothing does not exist'],
    ['rollout status wsp/ada', EXIT.usage, 'wsp/ada is no class'],
    ['rollout status local --org acme', EXIT.usage, 'name one class or one org'],
    ['rollout pause --class nothing', EXIT.notFound, 'nothing does not exist'],
    ['rollout resume --org acme -n team', EXIT.notFound, 'team/acme does not exist'],
    ['rollout', EXIT.usage, ''],
    ['rollout status local -o wide', EXIT.usage, '--output must be one of table, json, yaml'],
  ])('is clear about "%s"', async (argv, code, message) => {
    const result = await world.run(argv);

    expect(result.code).toBe(code);
    expect(result.stderr).toContain(message);
  });
});

describe('rollout status without a name', () => {
  it('shows every class', async () => {
    const { code, stdout, stderr } = await world.run('rollout status');

    expect(code).toBe(EXIT.failure);
    expect(stdout).toMatch(/^class broken: 1 workspace, .*\nclass local: 2 workspaces, /s);
    expect(stderr).toBe('no workspace is of class unused\n');
  });

  it('gives machines a list of them', async () => {
    const { stdout } = await world.run('rollout status -o json');

    expect(JSON.parse(stdout)).toMatchObject({
      items: [{ name: 'broken' }, { name: 'local' }, { name: 'unused' }],
    });
  });
});

describe('rollout pause and resume', () => {
  it('speak of one class, and status tells', async () => {
    const paused = await world.run('rollout pause --class local');
    const status = await world.run('rollout status --class local');
    const resumed = await world.run('rollout resume --class local');

    expect(paused).toEqual({
      code: EXIT.ok,
      stdout: 'rollouts of class local are paused by local\n',
      stderr: '',
    });
    expect(status.stdout).toMatch(
      /\npaused by local \d+s ago\nto go on: treeline rollout resume --class local\n/,
    );
    expect(resumed.stdout).toBe('rollouts of class local go on\n');
    expect((await world.run('rollout status local')).stdout).not.toContain('paused');
  });

  it('speak of every class when none is named', async () => {
    expect((await world.run('rollout pause')).stdout).toBe(
      ['broken', 'local', 'unused']
        .map((name) => `rollouts of class ${name} are paused by local\n`)
        .join(''),
    );
    expect((await world.run('rollout resume')).stdout.split('\n')).toContain(
      'rollouts of class unused go on',
    );
  });

  it('speak of an org, whose workspaces status shows', async () => {
    await sql`update workspaces set owner_uid = (select uid from orgs) where name = 'ada'`.execute(
      world.db,
    );

    const paused = await world.run('rollout pause --org acme');
    const status = await world.run('rollout status org/acme');

    expect(paused.stdout).toBe('rollouts of org acme are paused by local\n');
    expect(status.stdout).toMatch(/^org acme: 1 workspace, 1 updated\npaused by local/);
  });

  it('say which failures are accepted, and status ends with a code of its own before', async () => {
    await world.setStatus('cleo', {
      phase: 'Offline',
      resolved: { runtime: 'sample', tier: 2, class: 'broken', configRevision: 'r' },
      conditions: [
        condition('Ready', 'False', 'CrashLoopBackOff'),
        condition('Accepted', 'True', 'Accepted'),
      ],
      rollout: {
        downSince: '2026-01-01T00:00:00Z',
        deadline: '2026-01-01T00:10:00Z',
        // After what others of this file have accepted.
        failure: { at: new Date().toISOString(), reason: 'CrashLoopBackOff' },
      },
    });

    const before = await world.run('rollout status broken');
    const resumed = await world.run('rollout resume --class broken');

    expect(before.code).toBe(EXIT.failure);
    expect(before.stdout).toContain('stopped: default/cleo did not come back (CrashLoopBackOff');
    expect(resumed.stdout).toBe(
      'rollouts of class broken go on\naccepted: default/cleo (CrashLoopBackOff)\n',
    );
    expect((await world.run('rollout status broken')).stdout).not.toContain('stopped');
    expect((await world.run('rollout resume --class broken')).stdout).toBe(
      'rollouts of class broken go on\n',
    );
  });

  it('say nothing of a failure that is healed', async () => {
    await world.setStatus('cleo', {
      phase: 'Online',
      resolved: { runtime: 'sample', tier: 2, class: 'broken', configRevision: 'r' },
      conditions: [
        { ...condition('Ready', 'True', 'Online'), lastTransitionTime: '2026-01-01T00:05:00Z' },
        condition('Accepted', 'True', 'Accepted'),
      ],
      rollout: {
        downSince: '2026-01-01T00:00:00Z',
        deadline: '2026-01-01T00:10:00Z',
        failure: { at: new Date().toISOString(), reason: 'CrashLoopBackOff' },
      },
    });
    await sql`update workspaces set failures = '{"count": 1}' where name = 'cleo'`.execute(
      world.db,
    );

    const resumed = await world.run('rollout resume --class broken');

    expect(resumed.stdout).toBe('rollouts of class broken go on\n');
  });
});

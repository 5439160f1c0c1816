import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EXIT } from '../../../cmd/exit-codes.ts';
import { inTransaction } from '../../../store/db.ts';
import { CliWorld } from '../cli-world.ts';
import { FakeEc2 } from '../../fakes/ec2/fake-ec2.ts';
import { table } from '../table.ts';

let world: CliWorld;

beforeAll(async () => {
  world = await CliWorld.start({
    listBackends: () => [
      { name: 'process', available: true, instances: 3 },
      { name: 'docker', available: false, message: 'no daemon' },
    ],
  });
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

describe('token', () => {
  it('is made once, listed without its secret, and revoked', async () => {
    const made = await world.run('token create ci --read-only');
    const secret = made.stdout.trim();
    const id = /treeline token revoke (\w+)/.exec(made.stderr)?.[1] ?? '';

    const list = await world.run('token list');
    expect(table(list.stdout)).toEqual([
      ['ID', 'NAME', 'PREFIX', 'MAY', 'STATE', 'AGE'],
      [id, 'ci', secret.slice(0, 8), 'read', 'valid'],
    ]);
    expect(list.stdout).not.toContain(secret);

    expect((await world.run(`token revoke ${id}`)).stdout).toBe(`token/${id} revoked\n`);
    expect((await world.run('token list')).stdout).toContain('revoked');
    expect((await world.run('get wsp', { env: { TREELINE_TOKEN: secret } })).code).toBe(
      EXIT.refused,
    );
  });

  it('that may only read may not change', async () => {
    const secret = (await world.run('token create ci --read-only')).stdout.trim();

    const result = await world.run('pause ada', { env: { TREELINE_TOKEN: secret } });

    expect(result.code).toBe(EXIT.refused);
    expect(result.stderr).toContain('this token may only read');
  });

  it.each([
    ['token revoke nothing', EXIT.notFound],
    ['token', EXIT.usage],
    ['token make', EXIT.usage],
  ])('is clear about "%s"', async (argv, code) => {
    expect((await world.run(argv)).code).toBe(code);
  });
});

describe('gc', () => {
  beforeAll(async () => {
    await world.db
      .insertInto('garbage')
      .values({
        backend: 'process',
        instance_id: 'abc-1',
        workspace_uid: 'abc',
        attempt: 1,
        evidence: JSON.stringify({
          record: 'absent',
          launch: 'none',
          marks: { namespace: 'default', name: 'ada' },
        }),
        decision: 'unclaimed',
      })
      .execute();
  });

  it('shows what belongs to nobody, with the evidence', async () => {
    const { stdout } = await world.run('gc plan');

    expect(table(stdout)[1]).toEqual([
      'process/abc-1',
      'default/ada',
      '1',
      'unclaimed',
      'record absent, launch none',
    ]);
    expect((await world.run('gc plan -o json')).stdout).toContain('"instanceId": "abc-1"');
  });

  it('approves by name, after asking', async () => {
    expect((await world.run('gc approve abc-1')).code).toBe(EXIT.refused);

    const result = await world.run('gc approve process/abc-1 --yes');

    expect(result).toMatchObject({ code: EXIT.ok, stdout: '1 instance approved\n' });
    expect((await world.run('gc plan')).stdout).toContain('approved');
  });

  it('shows why the breaker is open, and approves exactly its list', async () => {
    await world.db
      .insertInto('garbage_breaker')
      .values({
        reason: 'TooMany',
        message: '9 of 10 are due',
        digest: 'd1g',
        live_records: 10,
        opened_at: new Date(),
      })
      .execute();

    const plan = await world.run('gc plan');
    expect(plan.stdout).toContain(
      'the breaker is open, nothing is deleted: TooMany: 9 of 10 are due',
    );
    expect(plan.stdout).toContain('treeline gc approve --breaker d1g');

    expect((await world.run('gc approve --breaker other -y')).code).toBe(EXIT.refused);
    expect(await world.run('gc approve --breaker d1g -y')).toMatchObject({
      code: EXIT.ok,
      stdout: 'the halted list is approved\n',
    });
  });

  it.each([
    ['gc approve', EXIT.usage, 'name instances, or give --breaker'],
    ['gc approve nothing -y', EXIT.notFound, 'there is no instance nothing without a record'],
  ])('is clear about "%s"', async (argv, code, message) => {
    const result = await world.run(argv);

    expect(result.code).toBe(code);
    expect(result.stderr).toContain(message);
  });
});

describe('source', () => {
  beforeAll(async () => {
    const { reportApplySet } = await import('../../../store/apply-sets.ts');
    await inTransaction(world.db, (tx) =>
      reportApplySet(tx, {
        name: 'directory',
        state: 'Held',
        problems: ['a.yaml:1:1: spec: is odd'],
        held: { digest: 'abc123', deletions: ['Workspace default/ada'] },
      }),
    );
  });

  it('lists problems and held deletions, and how to go on', async () => {
    const { stdout } = await world.run('source list');

    expect(table(stdout)[1]).toEqual(['directory', 'Held', '1', '1', 'abc123']);
    expect(stdout).toContain('a.yaml:1:1: spec: is odd');
    expect(stdout).toContain('Workspace default/ada');
    expect(stdout).toContain('treeline source confirm directory abc123');
  });

  it('confirms exactly the list that was shown', async () => {
    expect((await world.run('source confirm directory other')).code).toBe(EXIT.refused);
    expect((await world.run('source confirm nothing abc123')).code).toBe(EXIT.notFound);
    expect(await world.run('source confirm directory abc123')).toMatchObject({
      code: EXIT.ok,
      stdout: 'confirmed: directory may make 1 deletions\n',
    });
  });
});

describe('version', () => {
  it('says both versions', async () => {
    const { code, stdout } = await world.run('version');

    expect(code).toBe(EXIT.ok);
    expect(stdout).toMatch(/^treeline \d+\.\d+\.\d+\ncontroller 1\.2\.3, installation \S+\n$/);
  });

  it('does not need a controller', async () => {
    const result = await world.run('version', { server: 'http://127.0.0.1:1' });

    expect(result.code).toBe(EXIT.ok);
    expect(result.stdout).toMatch(/^treeline \S+\n$/);
    expect(result.stderr).toContain('no controller answers');
    expect((await world.run('version --client -o json')).stdout).not.toContain('server');
  });
});

describe('doctor', () => {
  it('looks at everything and says what to do', async () => {
    const { code, stdout } = await world.run('doctor', {
      env: { DATABASE_URL: world.database.connectionString, TREELINE_LISTEN: '127.0.0.1:0' },
    });

    expect(code).toBe(EXIT.failure);
    expect(stdout).toMatch(/^✓ ok +node +version 24\./m);
    expect(stdout).toMatch(/^✓ ok +data folder .*will be made by/m);
    expect(stdout).toMatch(/^✓ ok +port +127\.0\.0\.1:0 is free/m);
    expect(stdout).toMatch(/^✓ ok +database +PostgreSQL \S+.*, schema \d+/m);
    expect(stdout).toMatch(/^! warn +controller .*is version 1\.2\.3/m);
    expect(stdout).toMatch(/^✓ ok +loops/m);
    expect(stdout).toMatch(/^! warn +source directory +a\.yaml:1:1: spec: is odd/m);
    expect(stdout).toMatch(/^✓ ok +backend process +3 instances/m);
    expect(stdout).toMatch(/^✗ fail +backend docker +no daemon\n +→ look at the log/m);
    expect(stdout).not.toMatch(/ $/m);
  });

  it('tries what EC2 allows, in the regions that it is told', async () => {
    await using fake = await FakeEc2.start();
    Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'doctor', AWS_SECRET_ACCESS_KEY: 'secret' });
    fake.configure({ deniedActions: ['DescribeVolumes'] });

    const { stdout } = await world.run(
      `doctor --ec2-regions us-east-1 --ec2-endpoint ${fake.url}`,
      { env: { TREELINE_LISTEN: '127.0.0.1:0' } },
    );

    expect(stdout).toMatch(/^✗ fail +ec2 us-east-1 +DescribeVolumes is not allowed: .*\n +→ give/m);
    expect(stdout).toMatch(/^✓ ok +ec2 us-east-1 +not tried, .*: RunInstances/m);
  });

  it('asks EC2 where the controller asks it, unless it is told otherwise', async () => {
    await using fake = await FakeEc2.start();
    Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'doctor', AWS_SECRET_ACCESS_KEY: 'secret' });
    await using cloud = await CliWorld.start({
      listBackends: () => [{ name: 'ec2/us-east-1', available: true, endpoint: fake.url }],
    });

    const learnt = await cloud.run('doctor');
    const told = await cloud.run('doctor --ec2-endpoint http://127.0.0.1:1');

    expect(learnt.stdout).toMatch(/ec2 us-east-1 +\d+ calls tried, all are allowed/);
    expect(told.stdout).toMatch(/^✗ fail +ec2 us-east-1 .*ECONNREFUSED/m);
  });

  it('does without controller and database', async () => {
    const { stdout } = await world.run('doctor -o json', {
      server: 'http://127.0.0.1:1',
      env: {
        DATABASE_URL: 'postgres://nobody:secret@127.0.0.1:1/nothing',
        TREELINE_LISTEN: new URL(world.server).host,
      },
    });

    expect(JSON.parse(stdout)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ what: 'controller', level: 'warn' }),
        expect.objectContaining({
          what: 'port',
          level: 'fail',
          message: expect.stringContaining('EADDRINUSE') as unknown,
        }),
        expect.objectContaining({
          what: 'database',
          level: 'fail',
          todo: 'check DATABASE_URL, and that the server runs',
        }),
      ]),
    );
    expect(stdout).not.toContain('secret');
  });
});

describe('completion', () => {
  it.each([['bash'], ['zsh'], ['fish']])('prints a script for %s', async (shell) => {
    const { code, stdout } = await world.run(`completion ${shell}`);

    expect(code).toBe(EXIT.ok);
    expect(stdout).toContain('descendants-only');
    expect(stdout).toContain('workspaceclasses');
  });

  it('knows no other shell', async () => {
    expect(await world.run('completion cmd')).toMatchObject({
      code: EXIT.usage,
      stderr: 'there is no completion for "cmd": use one of bash, zsh, fish\n',
    });
  });
});

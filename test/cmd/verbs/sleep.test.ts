import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { EXIT } from '../../../cmd/exit-codes.ts';
import type { WorkspaceRequests } from '../../../store/workspace-facts.ts';
import { CliWorld, inTurn } from '../cli-world.ts';
import { condition } from '../workspaces.ts';

let world: CliWorld;

const ONLINE = { phase: 'Online', conditions: [condition('Ready', 'True', 'Online')] } as const;
const HIBERNATED = {
  phase: 'Hibernated',
  conditions: [condition('Ready', 'True', 'Hibernated')],
} as const;
const PAUSED = { phase: 'Paused', conditions: [condition('Ready', 'True', 'Paused')] } as const;

beforeAll(async () => {
  world = await CliWorld.start();
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});
beforeEach(async () => {
  await world.db.deleteFrom('workspaces').execute();
  await world.declareTeam();
  await world.setStatus('writing', ONLINE);
});

async function requestsOf(name: string): Promise<WorkspaceRequests> {
  const { requests } = await world.db
    .selectFrom('workspaces')
    .select('requests')
    .where('name', '=', name)
    .executeTakeFirstOrThrow();
  return requests;
}

describe('hibernate', () => {
  it('asks the controller, whoever owns the workspace', async () => {
    await world.giveToFolder('writing', 'manifests/x.yaml:12');

    expect(await world.run('hibernate writing')).toEqual({
      code: EXIT.ok,
      stdout: 'workspace/writing will be hibernated\n',
      stderr: '',
    });
    expect(await requestsOf('writing')).toMatchObject({ hibernateForced: 'false' });
  });

  it('passes force on', async () => {
    await world.run('hibernate writing --force');

    expect(await requestsOf('writing')).toMatchObject({ hibernateForced: 'true' });
  });

  it('waits until it sleeps', async () => {
    const result = await world.run('hibernate writing --wait', {
      onOutput: inTurn([[/will be hibernated/, () => world.setStatus('writing', HIBERNATED)]]),
    });

    expect(result.code).toBe(EXIT.ok);
    expect(result.stdout).toMatch(
      /^workspace\/writing will be hibernated\n1 workspace hibernated \(\ds\)\n$/,
    );
  });

  it('gives up in time', async () => {
    const result = await world.run('hibernate writing --wait --timeout 1s');

    expect(result.code).toBe(EXIT.timedOut);
    expect(result.stderr).toContain('timed out after 1s: 0/1 hibernated, waiting for writing');
  });

  it('says who refuses and why, and waits for the others', async () => {
    await world.setStatus('research', PAUSED);

    const result = await world.run('hibernate research nobody writing --wait', {
      onOutput: inTurn([[/will be hibernated/, () => world.setStatus('writing', HIBERNATED)]]),
    });

    expect(result.code).toBe(EXIT.refused);
    expect(result.stderr).toBe(
      'workspace default/research is paused: nothing of it runs\nworkspace default/nobody does not exist\n',
    );
    expect(result.stdout).toContain('1 workspace hibernated');
  });

  it.each([
    ['hibernate', "missing required argument 'names'"],
    ['hibernate wspc/local', 'wspc/local is no workspace'],
    ['hibernate writing --timeout soon', '--timeout must be a time'],
  ])('is clear about "%s", and asks nothing', async (argv, message) => {
    const result = await world.run(argv);

    expect(result.code).toBe(EXIT.usage);
    expect(result.stderr).toContain(message);
    expect(await requestsOf('writing')).toEqual({});
  });
});

describe('wake', () => {
  it('asks the controller, and waits until it is online', async () => {
    await world.setStatus('writing', HIBERNATED);

    const result = await world.run('wake writing --wait', {
      onOutput: inTurn([[/will wake up/, () => world.setStatus('writing', ONLINE)]]),
    });

    expect(result.code).toBe(EXIT.ok);
    expect(result.stdout).toMatch(
      /^workspace\/writing will wake up\n1 workspace online \(\ds\)\n$/,
    );
    expect(await requestsOf('writing')).toHaveProperty('wakeRequestedAt');
  });

  it('says that one that is up is not asleep', async () => {
    expect(await world.run('wake writing')).toEqual({
      code: EXIT.ok,
      stdout: 'workspace/writing is not asleep\n',
      stderr: '',
    });
  });

  it('does not wait for what is paused', async () => {
    await world.setStatus('writing', PAUSED);

    expect(await world.run('wake writing --wait')).toEqual({
      code: EXIT.refused,
      stdout: '',
      stderr: 'workspace default/writing is paused, or below one that is: resume that first\n',
    });
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { EXIT } from '../../../cmd/exit-codes.ts';
import { CliWorld, manifest } from '../cli-world.ts';
import { condition } from '../workspaces.ts';

let world: CliWorld;

beforeAll(async () => {
  world = await CliWorld.start();
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});
beforeEach(async () => {
  await world.db.deleteFrom('workspaces').execute();
  await world.declareTeam();
});

const OWNED =
  'workspace default/research is declared in manifests/x.yaml:12 (set "directory"): edit that file instead\n';

describe('delete', () => {
  it('shows what will go with it, asks, and deletes', async () => {
    const result = await world.run('delete research', { answers: 'y\n' });

    expect(result.code).toBe(EXIT.ok);
    expect(result.stderr).toContain(
      '2 objects will be deleted:\n  workspace default/research\n  workspace default/interviews\n',
    );
    expect(result.stderr).toContain('Delete 2 objects? [y/N]');
    expect(result.stdout).toBe(
      'workspace/interviews is being deleted\nworkspace/research is being deleted\n',
    );
    expect(await world.namesLeft()).toEqual(['director', 'writing']);
  });

  it.each([['n\n'], ['\n'], ['maybe\n']])('takes %j for no', async (answers) => {
    const result = await world.run('delete writing', { answers });

    expect(result.code).toBe(EXIT.refused);
    expect(result.stderr).toContain('nothing was changed');
    expect(await world.namesLeft()).toContain('writing');
  });

  it('asks nobody where there is no terminal', async () => {
    const refused = await world.run('delete writing');
    const done = await world.run('delete writing --yes');

    expect(refused).toMatchObject({
      code: EXIT.refused,
      stderr: expect.stringContaining('there is no terminal to ask on, give --yes') as unknown,
    });
    expect(done.code).toBe(EXIT.ok);
    expect(await world.namesLeft()).not.toContain('writing');
  });

  it('keeps the named one with --descendants-only, and names all at every depth, children first', async () => {
    const { stdout } = await world.run('delete director --descendants-only -y');

    const gone = stdout.trimEnd().split('\n');
    expect(gone.toSorted()).toEqual([
      'workspace/interviews is being deleted',
      'workspace/research is being deleted',
      'workspace/writing is being deleted',
    ]);
    expect(gone.indexOf('workspace/interviews is being deleted')).toBeLessThan(
      gone.indexOf('workspace/research is being deleted'),
    );
    expect(await world.namesLeft()).toEqual(['director']);
  });

  it('has nothing to do below a leaf', async () => {
    expect(await world.run('delete writing --descendants-only -y')).toEqual({
      code: EXIT.ok,
      stdout: '',
      stderr: 'there is nothing to delete\n',
    });
  });

  it('deletes nothing when a name does not exist', async () => {
    const result = await world.run('delete writing nobody -y');

    expect(result.code).toBe(EXIT.notFound);
    expect(result.stderr).toBe('workspace default/nobody does not exist\n');
    expect(await world.namesLeft()).toContain('writing');
  });

  it('deletes one and its ancestor in one go', async () => {
    const result = await world.run('delete interviews director -y');

    expect(result.code).toBe(EXIT.ok);
    expect(await world.namesLeft()).toEqual([]);
  });

  it('deletes a circle of parents that is named as a whole', async () => {
    const circle = [
      manifest('egg', '{ parentRef: { name: hen } }'),
      manifest('hen', '{ parentRef: { name: egg } }'),
    ];
    await world.run('apply -f -', { stdin: circle.join('---\n') });

    const result = await world.run('delete egg hen -y');

    expect(result.code).toBe(EXIT.ok);
    expect(await world.namesLeft()).not.toEqual(expect.arrayContaining(['egg']));
    expect(await world.namesLeft()).not.toEqual(expect.arrayContaining(['hen']));
  });

  it('deletes what manifests declare, and does not mind what is gone already', async () => {
    await world.write('team.yaml', `${manifest('writing')}---\n${manifest('nobody')}---\n${CLASS}`);
    await world.run('apply -f -', { stdin: CLASS });

    const result = await world.run('delete -f team.yaml -y');

    expect(result.code).toBe(EXIT.ok);
    expect(result.stderr).toContain('workspace default/nobody does not exist');
    expect(result.stdout).toBe(
      'workspace/writing is being deleted\nworkspaceclass/local deleted\n',
    );
  });

  it('waits for the workspaces that still use a class', async () => {
    await world.run('apply -f -', {
      stdin: `${CLASS}---\n${manifest('user', '{ className: local }')}`,
    });
    const deleting = world.run('delete wsp/user wspc/local -y');
    const released = world.run('wait user --for=deleted');
    await world.releaseWhenDeleted('user');

    expect((await released).code).toBe(EXIT.ok);
    expect(await deleting).toMatchObject({
      code: EXIT.ok,
      stdout: 'workspace/user is being deleted\nworkspaceclass/local deleted\n',
    });
  });

  it('says who uses a class that cannot go', async () => {
    await world.run('apply -f -', {
      stdin: `${CLASS}---\n${manifest('user', '{ className: local }')}`,
    });

    const result = await world.run('delete wspc local -y');

    expect(result.code).toBe(EXIT.refused);
    expect(result.stderr).toContain('Workspace default/user');
  });

  it('says where the declaration of a folder is edited', async () => {
    await world.giveToFolder('research', 'manifests/x.yaml:12');

    const result = await world.run('delete research -y');

    expect(result).toEqual({ code: EXIT.refused, stdout: '', stderr: OWNED });
    expect(await world.namesLeft()).toContain('research');
  });

  it('announces and deletes nothing when a folder declares one of several', async () => {
    await world.giveToFolder('research', 'manifests/x.yaml:12');

    const result = await world.run('delete writing research', { answers: 'y\n' });

    expect(result).toEqual({ code: EXIT.refused, stdout: '', stderr: OWNED });
    expect(await world.namesLeft()).toContain('writing');
  });

  it('names the descendant that a folder declares', async () => {
    await world.giveToFolder('research', 'manifests/x.yaml:12');

    expect((await world.run('delete director -y')).stderr).toBe(OWNED);
  });

  it.each([
    ['delete', 'say what to delete'],
    ['delete ada -f team.yaml', 'say what to delete'],
    ['delete wspc/local --descendants-only', 'only workspaces have descendants'],
  ])('is clear about "%s"', async (argv, message) => {
    const result = await world.run(argv);

    expect(result.code).toBe(EXIT.usage);
    expect(result.stderr).toContain(message);
  });
});

const CLASS = `apiVersion: treeline.dev/v1alpha1
kind: WorkspaceClass
metadata: { name: local }
spec: { backend: process, process: { runtimes: { sample: { command: ["true"] } } } }
`;

describe('collapse and expand', () => {
  it('fold the picture', async () => {
    expect(await world.run('collapse director')).toEqual({
      code: EXIT.ok,
      stdout: 'workspace/director collapsed\n',
      stderr: '',
    });
    expect((await world.run('tree')).stdout).toContain('▸ director (3 folded)');

    expect((await world.run('expand director research')).stdout).toBe(
      'workspace/director expanded\nworkspace/research expanded\n',
    );
    expect((await world.run('tree')).stdout).toContain('interviews');
  });

  it('may be done to what a folder declares, with a word of warning', async () => {
    await world.giveToFolder('research', 'manifests/x.yaml:12');

    expect(await world.run('expand research')).toEqual({
      code: EXIT.ok,
      stdout: 'workspace/research expanded\n',
      stderr:
        'if manifests/x.yaml:12 names "collapsed", the next edit of that file sets it again\n',
    });
  });
});

describe('pause and resume', () => {
  it('change what is wanted', async () => {
    await world.run('pause research');
    expect((await world.run('get wsp research -o json')).stdout).toContain('"Paused"');

    const result = await world.run('resume research');
    expect(result).toEqual({ code: EXIT.ok, stdout: 'workspace/research resumed\n', stderr: '' });
    expect((await world.run('get wsp research -o json')).stdout).toContain('"Running"');
  });

  it('say that an ancestor holds it back', async () => {
    await world.run('pause director interviews');

    const result = await world.run('resume interviews');

    expect(result).toMatchObject({
      code: EXIT.ok,
      stderr: 'it stays stopped until workspace/director is resumed, which is above it\n',
    });
  });

  it('go on with the others when one fails', async () => {
    await world.giveToFolder('research', 'manifests/x.yaml:12');

    const result = await world.run('pause research nobody writing');

    expect(result).toEqual({
      code: EXIT.refused,
      stdout: 'workspace/writing paused, and everything below it\n',
      stderr: `${OWNED}workspace default/nobody does not exist\n`,
    });
  });
});

describe('restart', () => {
  it('asks the controller, whoever owns the workspace', async () => {
    await world.giveToFolder('research', 'manifests/x.yaml:12');

    const result = await world.run('restart research');

    expect(result).toEqual({
      code: EXIT.ok,
      stdout: 'workspace/research will be restarted\n',
      stderr: '',
    });
    const { requests } = await world.db
      .selectFrom('workspaces')
      .select('requests')
      .where('name', '=', 'research')
      .executeTakeFirstOrThrow();
    expect(requests).toHaveProperty('restartRequestedAt');
    expect(requests).not.toHaveProperty('resetSessionAt');
  });

  it('says that the state goes, when it is asked to', async () => {
    const result = await world.run('restart research --reset-session');

    expect(result.stdout).toBe('workspace/research will be restarted with an empty state\n');
    const { requests } = await world.db
      .selectFrom('workspaces')
      .select('requests')
      .where('name', '=', 'research')
      .executeTakeFirstOrThrow();
    expect(requests).toHaveProperty('resetSessionAt', requests.restartRequestedAt);
  });

  it('says that one that is paused starts with its next resume', async () => {
    await world.setStatus('research', {
      phase: 'Paused',
      conditions: [condition('Ready', 'True', 'AncestorPaused')],
    });

    expect(await world.run('restart research')).toEqual({
      code: EXIT.ok,
      stdout:
        'workspace/research is paused, or below one that is: it starts with its next resume\n',
      stderr: '',
    });
  });
});

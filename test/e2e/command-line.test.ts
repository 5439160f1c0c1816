import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { below, sample, sampleClass, toYaml } from '../support/agent-manifests.ts';
import { CHECKOUT, type ControllerProcess } from '../support/controller-process.ts';
import { eventually, eventuallyTrue } from '../support/eventually.ts';
import { Installation } from '../support/installation.ts';
import { createTestDatabase } from '../support/postgres.ts';

/** Of the folder; nothing of it runs. */
const FOLDER = ['f1', 'f2', 'f3', 'f4', 'f5'];
/** Of the command line: zoe, and yan below. */
const TEAM = [sample('zoe', { displayName: 'Zoe' }), sample('yan', below('zoe'))];

let installation: Installation;
let controller: ControllerProcess;

beforeAll(async () => {
  installation = await Installation.create();
  await installation.write('class.yaml', toYaml(sampleClass()));
  for (const name of FOLDER) {
    await installation.write(`${name}.yaml`, toYaml(sample(name, { desiredState: 'Paused' })));
  }
  controller = await installation.follow();
  await eventuallyTrue({ until: 'the folder is declared' }, async () => {
    return (await installation.workspaces()).length === FOLDER.length;
  });
}, 60_000);

afterAll(async () => {
  await installation[Symbol.asyncDispose]();
}, 60_000);

/** What a command prints that must succeed. */
async function done(argv: string, stdin = ''): Promise<string> {
  const { code, stdout, stderr } = await installation.cli(argv, { stdin });
  expect({ argv, code, stderr: code === 0 ? '' : stderr }).toEqual({ argv, code: 0, stderr: '' });
  return stdout;
}

describe('declaring', () => {
  it('creates, then finds nothing to change, and waits until all are ready', async () => {
    const stdin = toYaml(...TEAM);

    expect(await done('apply --dry-run -f -', stdin)).toContain('workspace/zoe created (dry run)');
    expect(await done('apply -f -', stdin)).toBe('workspace/zoe created\nworkspace/yan created\n');
    expect(await done('wait zoe yan --timeout 60s')).toContain('2 workspaces ready');
    expect(await done('apply -f -', stdin)).toContain('workspace/zoe unchanged');
    expect(await done('diff -f -', stdin)).toBe('');
  }, 90_000);

  it('shows a difference with exit code 1', async () => {
    const stdin = toYaml(sample('zoe', { displayName: 'Zoe II' }));

    const { code, stdout } = await installation.cli('diff -f -', { stdin });

    expect(code).toBe(1);
    expect(stdout).toContain('-  displayName: Zoe\n+  displayName: Zoe II');
  });
});

describe('looking', () => {
  it('lists as Kubernetes does, with status and conditions', async () => {
    const list = JSON.parse(await done('get workspaces -A -o json')) as { items: object[] };

    expect(list).toMatchObject({ apiVersion: 'v1', kind: 'List', metadata: {} });
    expect(list.items).toContainEqual(
      expect.objectContaining({
        apiVersion: 'treeline.dev/v1alpha1',
        kind: 'Workspace',
        metadata: expect.objectContaining({ name: 'yan', generation: 1, applySet: 'cli' }),
        status: expect.objectContaining({
          phase: 'Online',
          observedGeneration: 1,
          url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
          conditions: expect.arrayContaining([
            expect.objectContaining({ type: 'Ready', status: 'True', reason: 'Online' }),
            expect.objectContaining({ type: 'Accepted', status: 'True' }),
            expect.objectContaining({ type: 'Provisioned', status: 'True', reason: 'Running' }),
          ]),
        }),
      }),
    );
  });

  it('prints a table, one object, and all of its story', async () => {
    expect(await done('get workspaces')).toMatch(/NAME +READY .*\n[^]*yan +True +Online/);
    expect(await done('get workspace zoe -o yaml')).toContain('displayName: Zoe\n');
    expect(await done('describe zoe')).toMatch(/Conditions:[^]*Events:[^]*Launched/);
    expect(await done('events zoe')).toContain('launched instance');
  });

  it('follows the log of an agent and the events', async () => {
    const url = (await installation.workspace('zoe')).status.url ?? '';
    const log = await follow('logs -f zoe', 'listens on');
    const events = await follow('events -f yan', 'launched instance');

    expect(log).toContain(url);
    expect(events).toContain('yan');
  });

  it('folds the tree and takes no step for it', async () => {
    const steps = controller.actions.length;

    await done('collapse zoe');
    const folded = await done('tree');
    const unfolded = await done('tree --all');
    await done('expand zoe');

    expect(folded).toMatch(/▸ zoe \(1 folded\) +● Online/);
    expect(folded).not.toContain('yan');
    expect(unfolded).toMatch(/zoe[^]*└── yan/);
    expect(await done('tree')).toContain('└── yan');
    expect(controller.actions).toHaveLength(steps);
  });

  it('knows itself and the machine', async () => {
    expect(await done('doctor')).toContain('answers at');
    expect(await done('version')).toMatch(/^treeline [\d.]+\ncontroller [\d.]+/);
    expect(await done('completion bash')).toContain('_treeline');
    expect(await done('gc plan -o json')).toContain('"entries": []');
  });
});

describe('acting', () => {
  it('pauses a workspace with what is below it, and resumes both', async () => {
    await done('pause zoe');
    await done('wait zoe yan --for=paused --timeout 30s');
    const paused = installation.agents();
    await done('resume zoe');
    await done('wait zoe yan --for=online --timeout 30s');

    expect(paused).toEqual([]);
    expect(installation.agents()).toHaveLength(2);
  }, 60_000);

  it('restarts an agent as another process of the same instance', async () => {
    const before = await installation.agentOf('zoe');

    await done('restart zoe');
    const after = await eventually({ until: 'zoe runs anew' }, async () => {
      const agent = await installation.agentOf('zoe');
      return agent.pid === before.pid ? undefined : agent;
    });

    expect(after.instanceId).toBe(before.instanceId);
  });

  it('deletes only what was shown and confirmed', async () => {
    const asked = await installation.cli('delete zoe');
    const declined = await installation.cli('delete zoe', { answers: 'n\n' });
    const stillThere = await installation.workspaces();
    await done('delete zoe --descendants-only --yes');
    await done('wait yan --for=deleted --timeout 30s');

    expect(asked.code).toBe(4);
    expect(asked.stderr).toMatch(/2 objects will be deleted:\n.*zoe\n.*yan\n/);
    expect(declined.code).toBe(4);
    expect(stillThere).toHaveLength(FOLDER.length + 2);
    expect((await installation.workspaces()).map(({ metadata }) => metadata.name)).toEqual([
      ...FOLDER,
      'zoe',
    ]);
  }, 60_000);

  it('leaves to a folder what is declared there, but for folding and restarting', async () => {
    for (const argv of ['pause f1', 'resume f1', 'delete f1 --yes']) {
      const { code, stderr } = await installation.cli(argv);
      expect({ argv, code }).toEqual({ argv, code: 4 });
      expect(stderr).toContain('f1.yaml:2 (set "directory"): edit that file instead');
    }
    await done('collapse f1');
    await done('restart f1');
  });

  it('lets a folder delete most of what it declared only when a person confirms that list', async () => {
    await Promise.all(
      FOLDER.slice(1).map((name) => rm(join(installation.manifests, `${name}.yaml`))),
    );
    const digest = await eventually({ until: 'the source is held' }, async () => {
      const { stdout } = await installation.cli('source list -o json');
      const { items } = JSON.parse(stdout) as { items: { state: string; heldDigest?: string }[] };
      return items.find(({ state }) => state === 'Held')?.heldDigest;
    });
    const list = await done('source list');
    const refused = await installation.cli('source confirm directory 0123456789abcdef');
    await done(`source confirm directory ${digest}`);
    await done('wait f2 f3 f4 f5 --for=deleted --timeout 30s');

    expect(list).toMatch(/holds back:\n[^]*f2\n[^]*f5\n/);
    expect(refused.code).toBe(4);
    expect((await installation.workspaces()).map(({ metadata }) => metadata.name)).toEqual([
      'f1',
      'zoe',
    ]);
  }, 60_000);
});

describe('operating', () => {
  it('creates a token that may only look, and revokes it', async () => {
    const token = (await done('token create ci --read-only')).trim();
    const env = { TREELINE_TOKEN: token };
    const looked = await installation.cli('get workspaces', { env });
    const changed = await installation.cli('restart zoe', { env });
    const [id = ''] = /^[0-9a-f]+(?= +ci)/m.exec(await done('token list')) ?? [];
    await done(`token revoke ${id}`);
    const revoked = await installation.cli('get workspaces', { env });

    expect(looked.code).toBe(0);
    expect(changed.code).toBe(4);
    expect(revoked.code).toBe(4);
  });

  it('migrates a database', async () => {
    await using database = await createTestDatabase();

    const said = await done(`db migrate --database-url ${database.connectionString}`);

    expect(said).toMatch(/^the database is at schema \d+ \(.+\)\n$/);
  });

  it.each([
    ['bogus', 2],
    ['get nonsense', 2],
    ['get workspace nobody', 3],
    ['wait zoe --for=deleted --timeout 1s', 6],
    ['get workspaces --server http://127.0.0.1:1', 5],
  ])('ends `%s` with exit code %d', async (argv, code) => {
    expect(await installation.cli(argv)).toMatchObject({ code });
  });

  it('works as a program, with its exit code', async () => {
    const treeline = join(CHECKOUT, 'cmd', 'treeline.ts');
    const run = promisify(execFile);
    const argv = [treeline, '--data-dir', installation.dataDir];

    const got = await run(process.execPath, [...argv, 'get', 'workspaces']);
    const failed = run(process.execPath, [...argv, 'get', 'workspace', 'nobody']);

    expect(got.stdout).toContain('zoe');
    await expect(failed).rejects.toMatchObject({ code: 3 });
  });
});

/** Follows until that was printed, then interrupts it as Ctrl-C does. */
async function follow(argv: string, wanted: string): Promise<string> {
  const interrupt = new AbortController();
  const { code, stdout } = await installation.cli(argv, {
    signal: interrupt.signal,
    onOutput: (text) => {
      if (text.includes(wanted)) {
        interrupt.abort();
      }
    },
  });
  expect(code).toBe(130);
  return stdout;
}

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EXIT } from '../../../cmd/exit-codes.ts';
import { CliWorld, inTurn, manifest } from '../cli-world.ts';
import { table } from '../table.ts';

let world: CliWorld;

beforeAll(async () => {
  world = await CliWorld.startWithTeam();
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

describe('get', () => {
  it('prints the columns of kubectl', async () => {
    const { code, stdout } = await world.run('get wsp');

    expect(code).toBe(EXIT.ok);
    expect(table(stdout)).toEqual([
      ['NAME', 'READY', 'PHASE', 'REASON', 'PARENT', 'BACKEND', 'AGE'],
      ['director', 'True', 'Online', 'Online', '<none>', 'process'],
      ['interviews', 'Unknown', 'Pending', 'Pending', 'research', '<none>'],
      ['research', 'Unknown', 'Pending', 'Pending', 'director', '<none>'],
      ['writing', 'False', 'Failed', 'CrashLoopBackOff', 'director', '<none>'],
    ]);
    expect(stdout).not.toMatch(/ $/m);
  });

  it('has more columns when asked', async () => {
    const { stdout } = await world.run('get workspace director -o wide');

    expect(table(stdout)[0]?.slice(6)).toEqual([
      'AGE',
      'AVAILABLE',
      'INSTANCE',
      'ZONE',
      'TIER',
      'RUNTIME',
      'ATTEMPT',
      'CHILDREN',
      'URL',
    ]);
    expect(stdout).toContain('http://127.0.0.1:20001');
  });

  it('prints a Kubernetes-style List', async () => {
    const { stdout } = await world.run('get workspaces -A -o json');

    const list = JSON.parse(stdout) as { items: { metadata: object; status: object }[] };
    expect(list).toMatchObject({ apiVersion: 'v1', kind: 'List' });
    expect(list.items).toHaveLength(4);
    expect(list.items[1]).toMatchObject({
      apiVersion: 'treeline.dev/v1alpha1',
      kind: 'Workspace',
      metadata: { name: 'interviews', namespace: 'default' },
      status: { observedGeneration: -1 },
    });
  });

  it('prints one object when one is named, as JSON and as YAML', async () => {
    const json = await world.run('get wsp/director -o json');
    const yaml = await world.run('get wsp director -o yaml');

    expect(JSON.parse(json.stdout)).toMatchObject({ kind: 'Workspace', spec: {} });
    expect(yaml.stdout).toMatch(/kind: Workspace\nmetadata:\n(  .*\n)*?  name: director\n/);
  });

  it.each([
    [
      'get wsp -o name -l team=design',
      'workspace.treeline.dev/director\nworkspace.treeline.dev/writing\n',
    ],
    [
      'get wsp -o name -l team!=design',
      'workspace.treeline.dev/interviews\nworkspace.treeline.dev/research\n',
    ],
  ])('selects by label: %s', async (argv, stdout) => {
    expect(await world.run(argv)).toEqual({ code: EXIT.ok, stdout, stderr: '' });
  });

  it('shows the namespace of each with -A and the kind of each with all', async () => {
    const everywhere = await world.run('get wsp -A');
    const all = await world.run('get all');

    expect(table(everywhere.stdout)[1]?.slice(0, 2)).toEqual(['default', 'director']);
    expect(table(all.stdout)[1]?.[0]).toBe('workspace/director');
  });

  it('says on stderr that there is nothing, with code 0', async () => {
    expect(await world.run('get wsp -n empty')).toEqual({
      code: EXIT.ok,
      stdout: '',
      stderr: 'no workspaces found in namespace empty\n',
    });
  });

  it.each([
    ['get wsp nobody', EXIT.notFound, 'workspace default/nobody does not exist'],
    ['get pods', EXIT.usage, 'there is no kind "pods"'],
    ['get wsp -o xml', EXIT.usage, '--output must be one of table, wide, json, yaml, name'],
    ['get wsp ada -A', EXIT.usage, 'contradict each other'],
    ['get wsp -n x -A', EXIT.usage, 'contradict each other'],
    ['get wspc --watch', EXIT.usage, '--watch works for workspaces only'],
    ['get', EXIT.usage, "missing required argument 'kind'"],
    ['get wsp --colour', EXIT.usage, "unknown option '--colour'"],
    ['get wsp -l team', EXIT.failure, 'labelSelector'],
  ])('is clear about "%s"', async (argv, code, message) => {
    const result = await world.run(argv);

    expect(result.code).toBe(code);
    expect(result.stderr).toContain(message);
    expect(result.stdout).toBe('');
  });

  it('goes on with every change', async () => {
    const interrupt = new AbortController();

    const { code, stdout } = await world.run('get wsp --watch', {
      signal: interrupt.signal,
      onOutput: inTurn([
        [/writing/, () => world.setStatus('research', { phase: 'Provisioning' })],
        [/Provisioning/, () => world.run('apply -f -', { stdin: manifest('late') })],
        [/late/, () => world.release('late')],
        [
          /Deleted/,
          () => {
            interrupt.abort();
          },
        ],
      ]),
    });

    expect(code).toBe(EXIT.interrupted);
    expect(
      table(stdout)
        .slice(5)
        .map((row) => row.slice(0, 3)),
    ).toEqual([
      ['research', 'True', 'Provisioning'],
      ['late', 'Unknown', 'Pending'],
      ['late', 'False', 'Deleted'],
    ]);
  });

  it('ends with a clear word when the controller goes away', async () => {
    await using other = await CliWorld.start();

    const watching = other.run('get wsp --watch -A', {
      onOutput: inTurn([
        [
          /NAME/,
          () => {
            other.listener.server.closeAllConnections();
          },
        ],
      ]),
    });

    expect(await watching).toMatchObject({
      code: EXIT.noServer,
      stderr: expect.stringContaining('no controller answers') as unknown,
    });
  });
});

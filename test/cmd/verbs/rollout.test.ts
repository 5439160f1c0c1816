import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
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
          'class local: 2 workspaces, 1 ready, 1 being changed',
          'NAMESPACE   NAME   STATE      WHY',
          'team        ben    Changing   no controller has looked at it yet',
          '',
        ].join('\n'),
      );
    },
  );

  it('ends with a code of its own when one has failed', async () => {
    const { code, stdout } = await world.run('rollout status broken -o json');

    expect(code).toBe(EXIT.failure);
    expect(JSON.parse(stdout)).toEqual({
      class: 'broken',
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
    ['rollout status', EXIT.usage, "missing required argument 'class'"],
    ['rollout', EXIT.usage, ''],
    ['rollout status local -o wide', EXIT.usage, '--output must be one of table, json, yaml'],
  ])('is clear about "%s"', async (argv, code, message) => {
    const result = await world.run(argv);

    expect(result.code).toBe(code);
    expect(result.stderr).toContain(message);
  });
});

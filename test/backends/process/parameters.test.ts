import { describe, expect, it } from '@jest/globals';
import { resolveDetails, toDetails } from '../../../backends/process/parameters.ts';
import type { WorkspaceClassSpec } from '../../../api/workspace-class.ts';

const workingDirectory = '/srv/treeline';

function classWith(
  process: Partial<NonNullable<WorkspaceClassSpec['process']>>,
): WorkspaceClassSpec {
  return {
    backend: 'process',
    process: { runtimes: { sample: { command: ['node', 'agent.js'] } }, ...process },
  };
}

describe('resolving the parameters of a process', () => {
  it('freezes command, environment, ports and grace period of the class', () => {
    const classSpec = classWith({
      runtimes: { sample: { command: ['node'], env: { MODE: 'demo' } } },
      portRange: '20000-20999',
      stopGracePeriod: '1m30s',
    });

    expect(resolveDetails({ classSpec, runtime: 'sample', workingDirectory })).toEqual({
      command: ['node'],
      env: { MODE: 'demo' },
      portRange: { first: 20_000, last: 20_999 },
      stopGraceSeconds: 90,
    });
  });

  it('gives no port without a range, and 10 s of grace where none is named', () => {
    expect(
      resolveDetails({ classSpec: classWith({}), runtime: 'sample', workingDirectory }),
    ).toEqual({ command: ['node', 'agent.js'], env: {}, stopGraceSeconds: 10 });
  });

  it.each([
    [['./bin/agent'], ['/srv/treeline/bin/agent']],
    [
      ['bin/agent', 'data/x'],
      ['/srv/treeline/bin/agent', 'data/x'],
    ],
    [
      ['node', './agent.js', '../lib/x'],
      ['node', '/srv/treeline/agent.js', '/srv/lib/x'],
    ],
    [
      ['/usr/bin/node', '--flag=./x'],
      ['/usr/bin/node', '--flag=./x'],
    ],
  ])('makes the paths of %j absolute', (command, expected) => {
    const classSpec = classWith({ runtimes: { sample: { command } } });

    expect(resolveDetails({ classSpec, runtime: 'sample', workingDirectory }).command).toEqual(
      expected,
    );
  });

  it.each([
    ['hermes', classWith({}), /has no runtime "hermes"; it has: sample/],
    ['constructor', classWith({}), /has no runtime "constructor"/],
    ['sample', { backend: 'docker', docker: {} }, /has no block "process"/],
    ['sample', classWith({ portRange: '9-1' }), /portRange "9-1"/],
    ['sample', classWith({ portRange: '1-70000' }), /portRange "1-70000"/],
  ] as const)(
    'refuses the runtime %j of a class that cannot run it',
    (runtime, classSpec, message) => {
      expect(() => resolveDetails({ classSpec, runtime, workingDirectory })).toThrow(message);
    },
  );

  it('refuses launch parameters of another backend', () => {
    expect(() => toDetails({ placement: 'eu-1a', details: { imageId: 'ami-1' } })).toThrow(
      /not those of the process backend/,
    );
  });
});

import { describe, expect, it } from '@jest/globals';
import { accept } from '../../../controllers/workspace/accept.ts';
import type { Ancestor, ClassView, WorkspaceView } from '../../../store/workspace-view.ts';
import { testProvisioning } from '../../support/provisioning.ts';
import { WANTED, record, view } from './builders.ts';

const CONTEXT = {
  ...testProvisioning(),
  hasMutators: false,
  hasBackend: (key: string) => key === 'process',
};
const LOCAL: ClassView = {
  status: {},
  unchangedSeconds: 3600,
  uid: 'uid-local',
  name: 'local',
  generation: 1,
  spec: WANTED.classSpec,
};

function ancestor(name: string, overrides: Partial<Ancestor> = {}): Ancestor {
  return { uid: `uid-${name}`, name, isPaused: false, isDeleting: false, ...overrides };
}

/** Ada, below these ancestors, the parent first. */
function below(...ancestors: readonly Ancestor[]): Partial<WorkspaceView> {
  return { ancestors, record: record({ parentName: ancestors[0]?.name ?? 'bob' }) };
}

const CHAIN = Array.from({ length: 17 }, (_, index) => ancestor(`w${index}`));

describe('a declaration', () => {
  it('is accepted with what its class makes of it', () => {
    expect(accept(view(), CONTEXT)).toMatchObject({
      isAccepted: true,
      lineage: { depth: 0, effectiveState: 'Running' },
      wanted: { className: 'local', backend: 'process', runtime: 'sample', tier: 2 },
    });
  });

  it.each<readonly [string, Partial<WorkspaceView>, string, string | RegExp]>([
    [
      'that names a class which does not exist',
      { record: record({ spec: { className: 'big' } }), classes: [] },
      'ClassNotFound',
      'class "big" does not exist',
    ],
    [
      'that names no class where none is the default',
      { classes: [] },
      'ClassNotFound',
      'it names no class and no class is the default',
    ],
    [
      'that names no class where two are the default',
      { classes: [LOCAL, { ...LOCAL, uid: 'uid-other', name: 'other' }] },
      'ClassNotFound',
      'more than one class is the default: "local", "other"',
    ],
    [
      'whose class wants a backend that is not configured',
      { classes: [{ ...LOCAL, spec: { backend: 'docker', docker: {} } }] },
      'BackendUnavailable',
      'class "local" wants backend "docker", which is not configured here',
    ],
    [
      'whose class does not have its runtime',
      { record: record({ spec: { runtime: 'crewai' } }) },
      'InvalidSpec',
      'class "local" has no runtime "crewai" (it has: sample)',
    ],
    [
      'with fields that have no effect yet',
      { record: record({ spec: { workspaceDir: '/a', workspaceAccess: 'none' } }) },
      'InvalidSpec',
      'not built yet: spec.workspaceDir, spec.workspaceAccess',
    ],
    [
      'that carries an annotation of ours without effect',
      { record: record({ annotations: { 'treeline.dev/release': 'true' } }) },
      'InvalidSpec',
      'not built yet: annotation treeline.dev/release',
    ],
    ['whose parent does not exist', below(), 'ParentNotFound', 'parent "bob" does not exist'],
    [
      'whose parent is being deleted',
      below(ancestor('bob', { isDeleting: true })),
      'ParentTerminating',
      'parent "bob" is being deleted',
    ],
    ['that is its own parent', below(ancestor('ada')), 'ParentCycle', 'it is its own parent'],
    [
      'whose parents form a circle with it',
      below(...[...CHAIN.keys()].map((index) => ancestor(index % 2 === 0 ? 'bob' : 'ada'))),
      'ParentCycle',
      'its parents form a cycle: ada → bob → ada',
    ],
    [
      'whose parents form a circle above it',
      below(...[...CHAIN.keys()].map((index) => ancestor(index % 2 === 0 ? 'bob' : 'carl'))),
      'ParentCycle',
      'its parents form a cycle: bob → carl → bob',
    ],
    ['that is 17 levels deep', below(...CHAIN), 'DepthExceeded', 'a tree may be 16 levels deep'],
  ])('%s is not accepted, and says why', (_title, given, reason, message) => {
    expect(accept(view(given), CONTEXT)).toMatchObject({ isAccepted: false, reason, message });
  });

  it('of an agent that runs elsewhere is accepted without any class', () => {
    const spec = { external: { url: 'http://192.168.0.7' }, runtime: 'crewai' };

    const acceptance = accept(view({ record: record({ spec }), classes: [] }), CONTEXT);

    expect(acceptance).toMatchObject({
      isAccepted: true,
      elsewhere: { runtime: 'crewai', url: 'http://192.168.0.7' },
    });
    expect(acceptance.wanted).toBeUndefined();
  });

  it.each<readonly [string, Partial<WorkspaceView>, string, string]>([
    [
      'names an address that the controller must not call',
      { record: record({ spec: { external: { url: 'http://127.0.0.1' } } }) },
      'InvalidSpec',
      'spec.external.url is a loopback address',
    ],
    [
      'needs an environment that nobody gives',
      { record: record({ spec: { external: {}, requiredEnv: [{ name: 'KEY' }] } }) },
      'MissingEnv',
      'missing environment: KEY',
    ],
    [
      'names a parent that does not exist',
      { record: record({ spec: { external: {} }, parentName: 'bob' }) },
      'ParentNotFound',
      'parent "bob" does not exist',
    ],
  ])('of an agent that runs elsewhere and %s is not', (_title, given, reason, message) => {
    const refuseUrl = () => 'is a loopback address';

    expect(accept(view(given), { ...CONTEXT, refuseUrl })).toMatchObject({
      ...{ isAccepted: false, reason, message },
    });
  });

  it('is accepted 16 levels deep', () => {
    expect(accept(view(below(...CHAIN.slice(0, 16))), CONTEXT)).toMatchObject({
      isAccepted: true,
      lineage: { depth: 16 },
    });
  });

  it('is not accepted while the database belongs to another installation', () => {
    const context = { ...CONTEXT, installationMismatch: 'another database' };

    expect(accept(view(), context)).toMatchObject({
      isAccepted: false,
      reason: 'InstallationMismatch',
      message: 'another database',
    });
  });
});

describe('the effective state', () => {
  const PAUSED = { isPaused: true };

  it.each<readonly [string, Partial<WorkspaceView>, string]>([
    ['runs below running ancestors', below(ancestor('bob'), ancestor('carl')), 'Running'],
    [
      'is paused by its own spec',
      { record: record({ spec: { desiredState: 'Paused' } }) },
      'Paused',
    ],
    ['is paused by its parent', below(ancestor('bob', PAUSED)), 'AncestorPaused'],
    [
      'is paused by any ancestor',
      below(ancestor('bob'), ancestor('carl'), ancestor('dora', PAUSED)),
      'AncestorPaused',
    ],
    [
      'is its own before that of an ancestor',
      {
        ancestors: [ancestor('bob', PAUSED)],
        record: record({
          parentName: 'bob',
          spec: { runtime: 'sample', desiredState: 'Paused' },
        }),
      },
      'Paused',
    ],
  ])('%s', (_title, given, effectiveState) => {
    expect(accept(view(given), CONTEXT).lineage).toMatchObject({ effectiveState });
  });
});

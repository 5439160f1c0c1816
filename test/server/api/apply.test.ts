import { describe, expect, it } from '@jest/globals';
import { TestApi, workspace, workspaceClass, type Answer } from '../test-api.ts';

const ADA = '/api/v1/namespaces/default/workspaces/ada';

function actionsOf({ applied }: Answer): Readonly<Record<string, string>> {
  return Object.fromEntries(applied.results.map(({ name, action }) => [name, action]));
}

describe('apply', () => {
  it('creates, leaves alone and configures, in the order of the documents', async () => {
    await using api = await TestApi.start();

    const first = await api.apply([workspaceClass('small'), workspace('ada'), workspace('ben')]);
    const second = await api.apply([workspace('ada', { tier: 1 }), workspace('ben')]);

    expect(first.body).toEqual({
      applySet: 'cli',
      dryRun: false,
      results: [
        { kind: 'WorkspaceClass', namespace: '', name: 'small', action: 'created' },
        { kind: 'Workspace', namespace: 'default', name: 'ada', action: 'created' },
        { kind: 'Workspace', namespace: 'default', name: 'ben', action: 'created' },
      ],
    });
    expect(actionsOf(second)).toEqual({ ada: 'configured', ben: 'unchanged' });
  });

  it('takes nothing at all', async () => {
    await using api = await TestApi.start();

    expect((await api.apply([])).body).toEqual({ applySet: 'cli', dryRun: false, results: [] });
  });

  it('deletes what the set no longer declares only when it is told to prune', async () => {
    await using api = await TestApi.start();
    await api.apply([workspace('ada'), workspace('ben')]);
    await api.apply([workspace('eve')], { applySet: 'other' });

    const kept = await api.apply([workspace('ada')]);
    const pruned = await api.apply([workspace('ada')], { prune: true });

    expect(actionsOf(kept)).toEqual({ ada: 'unchanged' });
    expect(actionsOf(pruned)).toEqual({ ada: 'unchanged', ben: 'deleted' });
  });

  it('refuses what another set declares, says who, and applies the rest', async () => {
    await using api = await TestApi.start();
    await api.applyAs('directory', [workspace('ada')]);

    const { status, applied } = await api.apply([workspace('ada', { tier: 1 }), workspace('ben')]);

    expect(status).toBe(200);
    expect(applied.results).toMatchObject([
      { name: 'ada', action: 'refused', reason: 'NameConflict' },
      { name: 'ben', action: 'created' },
    ]);
    expect(applied.results[0]?.message).toContain('directory (team.yaml:1)');
  });

  it.each(['directory', 'kubernetes'])('refuses to be the source %s', async (applySet) => {
    await using api = await TestApi.start();

    const { status, problem } = await api.apply([workspace('ada')], { applySet });

    expect(status).toBe(409);
    expect(problem.reason).toBe('ReservedApplySet');
    expect((await api.get(ADA)).status).toBe(404);
  });

  it('lists every problem of every document, and applies none', async () => {
    await using api = await TestApi.start();

    const { status, problem } = await api.apply([
      workspace('ada'),
      workspace('ben', { tier: 7, colour: 'red' }, { namespace: 'other' }),
      { kind: 'Pod' },
      'text',
    ] as readonly object[]);

    expect(status).toBe(422);
    expect(problem.reason).toBe('InvalidDocument');
    expect(problem.problems).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ document: 1, object: 'Workspace other/ben', path: 'spec.tier' }),
        expect.objectContaining({ document: 1, path: 'spec.colour' }),
        expect.objectContaining({ document: 2, path: 'kind' }),
        expect.objectContaining({ document: 3, path: '' }),
      ]),
    );
    expect((await api.get(ADA)).status).toBe(404);
  });

  it('ignores what the API itself adds to a manifest, so that an answer can be applied', async () => {
    await using api = await TestApi.start();
    await api.apply([workspace('ada', { tier: 1 })]);
    const { object } = await api.get(ADA);

    const answer = await api.apply([object]);

    expect(actionsOf(answer)).toEqual({ ada: 'unchanged' });
  });

  it('by ten callers at once creates each object once', async () => {
    await using api = await TestApi.start();
    const documents = Array.from({ length: 20 }, (_, index) => workspace(`agent-${index}`));

    const answers = await Promise.all(Array.from({ length: 10 }, () => api.apply(documents)));

    const created = answers.flatMap(({ applied }) =>
      applied.results.filter(({ action }) => action === 'created'),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array<number>(10).fill(200));
    expect(created).toHaveLength(20);
  });

  it('takes as many documents as are promised, and not one more', async () => {
    await using api = await TestApi.start();
    const documents = Array.from({ length: 10_000 }, (_, index) => workspace(`agent-${index}`));

    const all = await api.apply(documents);
    const tooMany = await api.apply([...documents, workspace('one-more')]);

    expect(all.applied.results).toHaveLength(10_000);
    expect(tooMany.status).toBe(400);
    expect(tooMany.problem.problems).toMatchObject([{ path: 'documents' }]);
  });

  it('says in the log what was changed and by whom, and nothing when nothing was', async () => {
    await using api = await TestApi.start();
    await api.apply([workspace('ada'), workspace('ben')]);
    await api.apply([workspace('ada'), workspace('ben')]);

    expect(api.captured.lines).toMatchObject([
      { message: 'applied set', applySet: 'cli', operator: 'local', created: 2 },
    ]);
  });
});

describe('folders of an applied workspace', () => {
  const files = [{ directory: 'notes' }];

  it('come with the request', async () => {
    await using api = await TestApi.start();
    const directories = { '0': { notes: { 'deep/a.md': 'text' } } };

    const { status } = await api.apply([workspace('ada', { files })], { directories });
    const again = await api.apply([workspace('ada', { files })], { directories });

    expect(status).toBe(200);
    expect(actionsOf(again)).toEqual({ ada: 'unchanged' });
  });

  it('are missed by name when they do not', async () => {
    await using api = await TestApi.start();

    const { status, problem } = await api.apply([workspace('ada', { files })]);

    expect(status).toBe(422);
    expect(problem.problems).toMatchObject([
      { document: 0, object: 'Workspace default/ada', path: 'spec.files[0].directory' },
    ]);
  });

  it.each(['../../etc/passwd', '/etc/passwd', 'a//b', './a', 'a\\b', 'a\u0000b', 'a/'])(
    'are refused when a file in them would lie elsewhere: %j',
    async (path) => {
      await using api = await TestApi.start();

      const { status, problem } = await api.apply([workspace('ada', { files })], {
        directories: { '0': { notes: { [path]: 'text' } } },
      });

      expect(status).toBe(422);
      expect(problem.problems).toMatchObject([{ path: 'directories["notes"]' }]);
    },
  );
});

describe('a dry run', () => {
  it('shows manifests before and after, and changes nothing', async () => {
    await using api = await TestApi.start();
    await api.apply([
      workspaceClass('small'),
      workspace('ada', { tier: 1 }),
      workspace('ben'),
      workspace('cy'),
    ]);
    await api.send('PATCH', ADA, { spec: { collapsed: true } });

    const { applied } = await api.apply(
      [
        workspaceClass('small', { default: true }),
        workspace('ada', { tier: 2 }),
        workspace('ben'),
        workspace('new'),
      ],
      { dryRun: true, prune: true },
    );

    const byName = Object.fromEntries(applied.results.map((result) => [result.name, result]));
    const identity = { apiVersion: 'treeline.dev/v1alpha1', kind: 'Workspace' };
    expect(byName['small']).toMatchObject({
      action: 'configured',
      after: { spec: { default: true } },
    });
    expect(byName['small']?.before).not.toHaveProperty('spec.default');
    expect(byName['ada']).toMatchObject({
      action: 'configured',
      before: {
        ...identity,
        metadata: { name: 'ada', namespace: 'default' },
        spec: { tier: 1, collapsed: true },
      },
      after: {
        ...identity,
        metadata: { name: 'ada', namespace: 'default' },
        spec: { tier: 2, collapsed: true },
      },
    });
    expect(byName['ben']).toEqual({
      kind: 'Workspace',
      namespace: 'default',
      name: 'ben',
      action: 'unchanged',
    });
    expect(byName['new']).toMatchObject({ action: 'created', after: { spec: {} } });
    expect(byName['new']).not.toHaveProperty('before');
    expect(byName['cy']).toMatchObject({ action: 'deleted', before: { spec: {} } });
    expect(byName['cy']).not.toHaveProperty('after');
    expect((await api.get(ADA)).object.spec).toEqual({ tier: 1, collapsed: true });
    expect((await api.get('/api/v1/namespaces/default/workspaces/new')).status).toBe(404);
  });

  it('shows that a fold is taken back when its declaration no longer names it', async () => {
    await using api = await TestApi.start();
    await api.apply([workspace('ada', { collapsed: true })]);

    const { applied } = await api.apply([workspace('ada')], { dryRun: true });

    expect(applied.results).toMatchObject([{ before: { spec: { collapsed: true } } }]);
    expect(applied.results[0]?.after).toMatchObject({ spec: {} });
    expect(applied.results[0]?.after).not.toHaveProperty('spec.collapsed');
  });
});

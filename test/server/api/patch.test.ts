import { describe, expect, it } from '@jest/globals';
import { TestApi, workspace } from '../test-api.ts';

const ADA = '/api/v1/namespaces/default/workspaces/ada';

async function startWith(spec: object, metadata: object = {}): Promise<TestApi> {
  const api = await TestApi.start();
  await api.apply([workspace('ada', spec, metadata)]);
  return api;
}

describe('editing a workspace', () => {
  it('merges the patch into the spec, and moves the generation', async () => {
    await using api = await startWith({ role: 'leads', tier: 1 });

    const { status, object, headers } = await api.send('PATCH', ADA, {
      spec: { desiredState: 'Paused', role: null },
    });

    expect(status).toBe(200);
    expect(headers['etag']).toBe('"2"');
    expect(object.metadata.generation).toBe(2);
    expect(object.spec).toEqual({ desiredState: 'Paused', tier: 1 });
    expect((await api.get(ADA)).body).toEqual(object);
  });

  it('reads merge patches by their own content type too', async () => {
    await using api = await startWith({});

    const { object } = await api.call({
      method: 'PATCH',
      url: ADA,
      headers: { 'content-type': 'application/merge-patch+json' },
      payload: '{"spec":{"role":"leads"}}',
    });

    expect(object.spec).toEqual({ role: 'leads' });
  });

  it('changes labels and annotations one by one', async () => {
    await using api = await startWith({}, { labels: { team: 'design', stage: 'new' } });

    const { object } = await api.send('PATCH', ADA, {
      metadata: { labels: { stage: null, size: 's' }, annotations: { note: 'x' } },
    });

    expect(object.metadata.labels).toEqual({ team: 'design', size: 's' });
    expect(object.metadata.annotations).toEqual({ note: 'x' });
    expect(object.metadata.generation).toBe(1);
  });

  it('resolves a new parent in the same step', async () => {
    await using api = await startWith({});
    await api.apply([workspace('boss')]);

    await api.send('PATCH', ADA, { spec: { parentRef: { name: 'boss' } } });

    const { problem } = await api.send('DELETE', '/api/v1/namespaces/default/workspaces/boss');
    expect(problem.descendants).toMatchObject([{ name: 'ada' }]);
  });

  it('refuses what no manifest could say, names the field, and changes nothing', async () => {
    await using api = await startWith({ tier: 1 });

    const { status, problem } = await api.send('PATCH', ADA, {
      spec: { tier: 7, colour: 'red', desiredState: 'Running' },
    });

    expect(status).toBe(422);
    expect(problem.reason).toBe('InvalidDocument');
    expect(problem.problems?.map(({ path }) => path).sort()).toEqual(['spec.colour', 'spec.tier']);
    expect((await api.get(ADA)).object.metadata.generation).toBe(1);
  });

  it.each(['a\0b', 'half \ud800 of a pair'])(
    'refuses %j, which cannot be stored',
    async (value) => {
      await using api = await startWith({ tier: 1 });

      const { status, problem } = await api.send('PATCH', ADA, {
        spec: { env: [{ name: 'TONE', value }] },
      });

      expect(status).toBe(422);
      expect(problem.problems?.[0]?.message).toContain('NUL character or half of a surrogate pair');
    },
  );

  it.each([
    [{ spec: { collapsed: 'yes' } }],
    [{ spec: { layout: { x: 1 } } }],
    [{ status: { phase: 'Online' } }],
    [{ metadata: { name: 'eve' } }],
    [{ spec: [] }],
  ])('refuses %j', async (patch) => {
    await using api = await startWith({});

    expect((await api.send('PATCH', ADA, patch)).status).toBe(400);
  });

  it('answers 404 where there is nobody', async () => {
    await using api = await TestApi.start();

    expect((await api.send('PATCH', ADA, { spec: { tier: 1 } })).status).toBe(404);
    expect((await api.send('PATCH', ADA, { spec: { collapsed: true } })).status).toBe(404);
  });

  it('refuses to change the spec of one that is being deleted', async () => {
    await using api = await startWith({});
    await api.send('DELETE', ADA);

    const { status, problem } = await api.send('PATCH', ADA, { spec: { tier: 1 } });

    expect(status).toBe(409);
    expect(problem.reason).toBe('BeingDeleted');
  });

  it('keeps the text of folders, and refuses a folder whose text is not known', async () => {
    await using api = await TestApi.start();
    const files = [{ directory: 'notes' }];
    await api.apply([workspace('ada', { files })], {
      directories: { '0': { notes: { 'a.md': 'x' } } },
    });

    const kept = await api.send('PATCH', ADA, { spec: { tier: 1 } });
    const unknown = await api.send('PATCH', ADA, { spec: { files: [{ directory: 'other' }] } });

    expect(kept.status).toBe(200);
    expect(unknown.status).toBe(422);
    expect(unknown.problem.problems).toMatchObject([{ path: 'spec.files[0].directory' }]);
  });
});

describe('If-Match', () => {
  it.each(['"1"', 'W/"1"', '*'])(
    'lets an edit through that knows the generation: %s',
    async (tag) => {
      await using api = await startWith({});

      const { status } = await api.call({
        method: 'PATCH',
        url: ADA,
        headers: { 'if-match': tag },
        payload: { spec: { tier: 1 } },
      });

      expect(status).toBe(200);
    },
  );

  it.each([{ spec: { tier: 3 } }, { spec: { collapsed: true } }])(
    'refuses an edit of what somebody else changed meanwhile: %j',
    async (payload) => {
      await using api = await startWith({});
      await api.send('PATCH', ADA, { spec: { tier: 1 } });

      const { status, problem } = await api.call({
        method: 'PATCH',
        url: ADA,
        headers: { 'if-match': '"1"' },
        payload,
      });

      expect(status).toBe(412);
      expect(problem.reason).toBe('Conflict');
      expect(problem.detail).toContain('generation is 2, not 1');
      expect((await api.get(ADA)).object.spec).toEqual({ tier: 1 });
    },
  );

  it.each(['1', '"one"', '"1", "2"', ''])('refuses %j, which no answer had', async (tag) => {
    await using api = await startWith({});

    const { status } = await api.call({
      method: 'PATCH',
      url: ADA,
      headers: { 'if-match': tag },
      payload: { spec: { tier: 1 } },
    });

    expect(status).toBe(400);
  });

  it('lets exactly one of ten edits at once through', async () => {
    await using api = await startWith({});

    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        api.call({
          method: 'PATCH',
          url: ADA,
          headers: { 'if-match': '"1"' },
          payload: { spec: { role: `role ${index}` } },
        }),
      ),
    );

    expect(answers.map(({ status }) => status).sort()).toEqual([
      200,
      ...Array<number>(9).fill(412),
    ]);
  });
});

describe('ten edits at once without If-Match', () => {
  it('all stay: none overwrites what another one merged', async () => {
    await using api = await startWith({});

    await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        api.send('PATCH', ADA, { metadata: { labels: { [`key-${index}`]: 'x' } } }),
      ),
    );

    const { object } = await api.get(ADA);
    expect(Object.keys(object.metadata.labels ?? {})).toHaveLength(10);
  });
});

describe('a workspace that a folder owns', () => {
  it('refuses an edit of its spec, and says who owns it and where', async () => {
    await using api = await TestApi.start();
    await api.applyAs('directory', [workspace('boss'), workspace('ada')]);

    const { status, problem } = await api.send('PATCH', ADA, { spec: { desiredState: 'Paused' } });

    expect(status).toBe(409);
    expect(problem).toMatchObject({
      reason: 'OwnedBySource',
      set: 'directory',
      file: 'team.yaml:2',
    });
  });

  it('may be folded and moved all the same, which is no new generation', async () => {
    await using api = await TestApi.start();
    await api.applyAs('directory', [workspace('ada')]);

    const { status, object } = await api.send('PATCH', ADA, {
      spec: { collapsed: true, layout: { x: 1, y: 2 } },
    });

    expect(status).toBe(200);
    expect(object.spec).toEqual({ collapsed: true, layout: { x: 1, y: 2 } });
    expect(object.metadata.generation).toBe(1);
  });

  it('is refused as a whole when a patch names both', async () => {
    await using api = await TestApi.start();
    await api.applyAs('kubernetes', [workspace('ada')]);

    const { problem } = await api.send('PATCH', ADA, { spec: { collapsed: true, tier: 1 } });

    expect(problem).toMatchObject({ reason: 'OwnedBySource', set: 'kubernetes' });
    expect((await api.get(ADA)).object.spec).toEqual({});
  });
});

describe('the picture', () => {
  it('goes back to unfolded and unplaced with null', async () => {
    await using api = await startWith({});
    await api.send('PATCH', ADA, { spec: { collapsed: true, layout: { x: 1, y: 2 } } });

    const { object } = await api.send('PATCH', ADA, { spec: { collapsed: null, layout: null } });

    expect(object.spec).toEqual({});
  });

  it('that was changed by hand is not undone by an edit of something else', async () => {
    await using api = await startWith({ collapsed: true, layout: { x: 0, y: 0 } });
    await api.send('PATCH', ADA, { spec: { collapsed: false, layout: { x: 5, y: 5 } } });

    const { object } = await api.send('PATCH', ADA, { spec: { tier: 3 } });

    expect(object.spec).toEqual({ collapsed: false, layout: { x: 5, y: 5 }, tier: 3 });
  });

  it('may be changed while it is being deleted', async () => {
    await using api = await startWith({});
    await api.send('DELETE', ADA);

    expect((await api.send('PATCH', ADA, { spec: { collapsed: true } })).status).toBe(200);
  });
});

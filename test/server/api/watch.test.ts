import { describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import type { WatchEvent } from '../../../server/contract-operations.ts';
import { LineReader } from '../line-reader.ts';
import { TestApi, workspace } from '../test-api.ts';

const ADA = '/api/v1/namespaces/default/workspaces/ada';

/** `ADDED ada`, `BOOKMARK`. */
function titleOf(event: WatchEvent): string {
  return 'object' in event ? `${event.type} ${event.object.metadata.name}` : event.type;
}

async function watch(api: TestApi, query = ''): Promise<LineReader> {
  return await LineReader.open(`${await api.listen()}/api/v1/watch/workspaces${query}`);
}

describe('watching workspaces', () => {
  it('begins with all there are, and a bookmark', async () => {
    await using api = await TestApi.start();
    await api.apply([workspace('ben'), workspace('ada')]);
    const lines = await watch(api);

    const events = await lines.takeJson<WatchEvent>(3);
    await lines.leave();

    expect(events.map(titleOf)).toEqual(['ADDED ada', 'ADDED ben', 'BOOKMARK']);
    expect(events[0]).toMatchObject({
      object: { kind: 'Workspace', status: { observedGeneration: -1 } },
    });
  });

  it('goes on with what appears, changes and goes', async () => {
    await using api = await TestApi.start();
    const lines = await watch(api);
    const seen = await lines.takeJson<WatchEvent>(1);

    await api.apply([workspace('ada')]);
    seen.push(...(await lines.takeJson<WatchEvent>(1)));
    await api.send('PATCH', ADA, { spec: { tier: 1 } });
    seen.push(...(await lines.takeJson<WatchEvent>(1)));
    await api.send('PATCH', ADA, { spec: { collapsed: true } });
    seen.push(...(await lines.takeJson<WatchEvent>(1)));
    await api.send('DELETE', ADA);
    seen.push(...(await lines.takeJson<WatchEvent>(1)));
    await sql`delete from workspaces`.execute(api.db);
    seen.push(...(await lines.takeJson<WatchEvent>(1)));
    await lines.leave();

    expect(seen.map(titleOf)).toEqual([
      'BOOKMARK',
      'ADDED ada',
      'MODIFIED ada',
      'MODIFIED ada',
      'MODIFIED ada',
      'DELETED ada',
    ]);
    expect(seen[4]).toMatchObject({
      object: { metadata: { deletionTimestamp: expect.any(String) as unknown } },
    });
  });

  it('can be of one namespace', async () => {
    await using api = await TestApi.start();
    await api.apply([workspace('ada'), workspace('ben', {}, { namespace: 'other' })]);
    const lines = await watch(api, '?namespace=other');

    const events = await lines.takeJson<WatchEvent>(2);
    await lines.leave();

    expect(events.map(titleOf)).toEqual(['ADDED ben', 'BOOKMARK']);
  });

  it('tells of more than one read gives before the bookmark', async () => {
    await using api = await TestApi.start();
    await api.apply(Array.from({ length: 1200 }, (_, index) => workspace(`agent-${index}`)));
    const lines = await watch(api);

    const events = await lines.takeJson<WatchEvent>(1201);
    await lines.leave();

    expect(new Set(events.map(titleOf)).size).toBe(1201);
    expect(events.at(-1)).toEqual({ type: 'BOOKMARK' });
  });

  it('ends when the server closes', async () => {
    await using api = await TestApi.start();
    const lines = await watch(api);

    const [rest] = await Promise.all([lines.takeRest(), api.server.close()]);

    expect(rest.length).toBeLessThanOrEqual(1);
  });
});

import { describe, expect, it } from '@jest/globals';
import { LineReader } from '../line-reader.ts';
import { TestApi, workspace } from '../test-api.ts';

const LOG = '/api/v1/namespaces/default/workspaces/ada/log';

describe('the log of a workspace', () => {
  it('is asked for by uid, with as many lines as wanted', async () => {
    const asked: unknown[] = [];
    await using api = await TestApi.start({
      readLog: (...question) => {
        asked.push(question);
        return Promise.resolve('<b>hello</b>\n');
      },
    });
    await api.apply([workspace('ada')]);
    const { object } = await api.get('/api/v1/namespaces/default/workspaces/ada');

    const { text, headers } = await api.get(`${LOG}?tail=7`);
    await api.get(LOG);

    expect(text).toBe('<b>hello</b>\n');
    expect(headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(asked).toEqual([
      [object.metadata.uid, 7],
      [object.metadata.uid, 100],
    ]);
  });

  it('is not there when the workspace has no instance, or does not exist', async () => {
    await using api = await TestApi.start();
    await api.apply([workspace('ada')]);

    const idle = await api.get(LOG);
    const nobody = await api.get('/api/v1/namespaces/default/workspaces/nobody/log');

    expect(idle.status).toBe(404);
    expect(idle.problem.reason).toBe('NoInstance');
    expect(nobody.problem.reason).toBe('NotFound');
  });

  it.each(['tail=-1', 'tail=10001', 'follow=maybe'])('refuses ?%s', async (query) => {
    await using api = await TestApi.start();

    expect((await api.get(`${LOG}?${query}`)).status).toBe(400);
  });

  it('says so where it cannot be followed', async () => {
    await using api = await TestApi.start();
    await api.apply([workspace('ada')]);

    const { status, problem } = await api.get(`${LOG}?follow=true`);

    expect(status).toBe(501);
    expect(problem.reason).toBe('FollowNotSupported');
  });

  it('is followed until the client leaves', async () => {
    const stopped = Promise.withResolvers<string>();
    await using api = await TestApi.start({
      followLog: async function* (_uid, tail, signal) {
        yield `last ${tail}\n`;
        yield 'more\n';
        await new Promise((resolve) => {
          signal.addEventListener('abort', resolve, { once: true });
        });
        stopped.resolve('stopped');
      },
    });
    await api.apply([workspace('ada')]);
    const lines = await LineReader.open(`${await api.listen()}${LOG}?follow=true&tail=3`);

    expect(await lines.take(2)).toEqual(['last 3', 'more']);
    await lines.leave();

    expect(await stopped.promise).toBe('stopped');
  });
});

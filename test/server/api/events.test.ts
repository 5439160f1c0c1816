import { describe, expect, it } from '@jest/globals';
import type { ActivityEvent, EventList } from '../../../server/contract-operations.ts';
import { insertActivity } from '../../../store/activity.ts';
import { inTransaction } from '../../../store/db.ts';
import { LineReader } from '../line-reader.ts';
import { TestApi, type Answer } from '../test-api.ts';

const events = ({ body }: Answer): EventList => body as EventList;
const messagesOf = (list: readonly ActivityEvent[]) => list.map(({ message }) => message);

async function note(api: TestApi, name: string, ...messages: readonly string[]): Promise<void> {
  await inTransaction(api.db, (tx) =>
    insertActivity(
      tx,
      messages.map((message) => ({
        workspaceUid: `uid-${name}`,
        namespace: 'default',
        name,
        action: 'Launched',
        reason: 'Wanted',
        message,
        data: { attempt: 1 },
      })),
    ),
  );
}

describe('events', () => {
  it('come oldest first, the newest when there are more than asked for', async () => {
    await using api = await TestApi.start();
    await note(api, 'ada', 'one', 'two', 'three');

    const all = events(await api.get('/api/v1/events'));
    const newest = events(await api.get('/api/v1/events?limit=2'));

    expect(messagesOf(all.items)).toEqual(['one', 'two', 'three']);
    expect(messagesOf(newest.items)).toEqual(['two', 'three']);
    expect(all.items[0]).toMatchObject({
      namespace: 'default',
      name: 'ada',
      workspaceUid: 'uid-ada',
      action: 'Launched',
      reason: 'Wanted',
      data: { attempt: 1 },
    });
  });

  it('go on after the last one that was seen', async () => {
    await using api = await TestApi.start();
    await note(api, 'ada', 'one', 'two');
    const { next } = events(await api.get('/api/v1/events?limit=1&after=0'));
    await note(api, 'ada', 'three');

    const later = events(await api.get(`/api/v1/events?after=${next}`));
    const none = events(await api.get(`/api/v1/events?after=${later.next}`));

    expect(messagesOf(later.items)).toEqual(['two', 'three']);
    expect(none).toEqual({ items: [], next: later.next });
  });

  it('can be those of one workspace', async () => {
    await using api = await TestApi.start();
    await note(api, 'ada', 'one');
    await note(api, 'ben', 'two');

    const list = events(await api.get('/api/v1/events?namespace=default&workspace=ben'));

    expect(messagesOf(list.items)).toEqual(['two']);
  });

  it.each([
    'after=-1',
    'after=x',
    'after=1e21',
    'limit=0',
    'follow=sure',
    'workspace=%00',
    'namespace=a%0Ab',
  ])('refuse ?%s', async (query) => {
    await using api = await TestApi.start();

    expect((await api.get(`/api/v1/events?${query}`)).status).toBe(400);
  });
});

describe('following events', () => {
  it('shows the newest, then each new one once', async () => {
    await using api = await TestApi.start();
    await note(api, 'ada', 'one', 'two', 'three');
    const lines = await LineReader.open(`${await api.listen()}/api/v1/events?follow=true&limit=2`);

    const first = await lines.takeJson<ActivityEvent>(2);
    await note(api, 'ben', 'four');
    const second = await lines.takeJson<ActivityEvent>(1);
    await note(api, 'ada', 'five', 'six');
    const third = await lines.takeJson<ActivityEvent>(2);
    await lines.leave();

    expect(lines.headers.get('content-type')).toBe('application/x-ndjson');
    expect(messagesOf([...first, ...second, ...third])).toEqual([
      'two',
      'three',
      'four',
      'five',
      'six',
    ]);
  });

  it('misses none that was committed after one with a greater id', async () => {
    await using api = await TestApi.start();
    const lines = await LineReader.open(`${await api.listen()}/api/v1/events?follow=true`);
    const seen: ActivityEvent[] = [];

    await inTransaction(api.db, async (slow) => {
      await insertActivity(slow, [
        { namespace: '', name: 'slow', action: 'A', reason: 'R', message: 'early id' },
      ]);
      await note(api, 'ada', 'late id');
      seen.push(...(await lines.takeJson<ActivityEvent>(1)));
    });
    seen.push(...(await lines.takeJson<ActivityEvent>(1)));
    await lines.leave();

    expect(messagesOf(seen)).toEqual(['late id', 'early id']);
  });

  it('works through a long past', async () => {
    await using api = await TestApi.start();
    const messages = Array.from({ length: 6000 }, (_, index) => `event ${index}`);
    await note(api, 'ada', ...messages);
    const lines = await LineReader.open(`${await api.listen()}/api/v1/events?follow=true&after=0`);

    const seen = await lines.takeJson<ActivityEvent>(6000);
    await lines.leave();

    expect(messagesOf(seen)).toEqual(messages);
  });

  it('ends when the server closes', async () => {
    await using api = await TestApi.start();
    await note(api, 'ada', 'one');
    const lines = await LineReader.open(`${await api.listen()}/api/v1/events?follow=true`);

    const [first] = await lines.takeJson<ActivityEvent>(1);
    const [rest] = await Promise.all([lines.takeRest(), api.server.close()]);

    expect(first?.message).toBe('one');
    expect(rest).toEqual([]);
  });
});

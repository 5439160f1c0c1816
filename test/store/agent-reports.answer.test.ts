import { describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import type { AgentWord } from '../../store/agent-words.ts';
import { requestDeletion } from '../../store/edit-workspace.ts';
import { declareWorkspace, lead } from '../support/agent-rows.ts';
import { age, db, heartbeat, register, say, useAda } from './words.ts';

useAda();

const degraded = { errorRate: 0.5 };

describe('what the reconciler should see at once', () => {
  async function isNews(word: AgentWord): Promise<boolean | undefined> {
    const [answer] = await say(word);
    return answer?.kind === 'ok' ? answer.isTransition : undefined;
  }

  async function hibernate(secondsAgo: number): Promise<void> {
    const claimedAt = new Date(Date.now() - secondsAgo * 1000).toISOString();
    const hibernation = JSON.stringify({ claimedAt, reason: 'Idle' });
    await sql`update workspaces set hibernation = ${hibernation}::jsonb`.execute(db);
  }

  it('is the first word of an attempt, and no steady heartbeat', async () => {
    expect(await isNews(heartbeat())).toBe(true);
    expect(await isNews(heartbeat())).toBe(false);
    expect(await isNews(heartbeat({ activeTasks: 4, currentTask: 'x' }))).toBe(false);
  });

  it('is the first register after heartbeats, and one from another address', async () => {
    await say(heartbeat());

    expect(await isNews(register())).toBe(true);
    expect(await isNews(register())).toBe(false);
    expect(await isNews(register({ url: 'http://127.0.0.1:8001' }))).toBe(true);
  });

  it('is a degradation and a recovery', async () => {
    await say(heartbeat());

    expect(await isNews(heartbeat(degraded))).toBe(true);
    expect(await isNews(heartbeat(degraded))).toBe(false);
    expect(await isNews(heartbeat())).toBe(true);
  });

  it('is a sign of life after 180 s of silence', async () => {
    await say(heartbeat());
    await age(179);
    const inTime = await isNews(heartbeat());
    await age(181);

    expect(inTime).toBe(false);
    expect(await isNews(heartbeat())).toBe(true);
  });

  it('is, while it hibernates, the first word after the claim and each change between idle and busy', async () => {
    await say(heartbeat());
    await age(60);
    await hibernate(30);

    expect(await isNews(heartbeat())).toBe(true);
    expect(await isNews(heartbeat())).toBe(false);
    expect(await isNews(heartbeat({ activeTasks: 1 }))).toBe(true);
    expect(await isNews(heartbeat({ activeTasks: 2 }))).toBe(false);
    expect(await isNews(heartbeat())).toBe(true);
  });
});

describe('what is desired', () => {
  async function answer() {
    const [first] = await say(heartbeat());
    return first;
  }

  it('is Paused where the spec says so', async () => {
    await declareWorkspace(db, { name: 'ada', desiredState: 'Paused' });

    expect(await answer()).toMatchObject({ desiredState: 'Paused' });
  });

  it('is Paused below a paused ancestor', async () => {
    await declareWorkspace(db, { name: 'root', desiredState: 'Paused' });
    await declareWorkspace(db, { name: 'lead', parentRef: { name: 'root' } });
    await declareWorkspace(db, { name: 'ada', parentRef: { name: 'lead' } });

    expect(await answer()).toMatchObject({ desiredState: 'Paused' });
  });

  it('is Hibernated from the claim on, until somebody wakes it', async () => {
    const claim = { claimedAt: '2026-01-01T00:00:00Z', reason: 'Idle', generation: 1 };
    await sql`update workspaces set hibernation = ${JSON.stringify(claim)}`.execute(db);

    const asleep = await answer();
    await sql`update workspaces set requests = '{"wakeRequestedAt":"now"}'`.execute(db);

    expect(asleep).toMatchObject({ desiredState: 'Hibernated' });
    expect(await answer()).toMatchObject({ desiredState: 'Running' });
  });

  it('comes with the direct children, by name, without those that are being deleted', async () => {
    const parentRef = { name: 'ada' };
    const zoe = await declareWorkspace(db, { name: 'zoe', parentRef });
    const ben = await declareWorkspace(db, { name: 'ben', parentRef });
    const eve = await declareWorkspace(db, { name: 'eve', parentRef });
    await declareWorkspace(db, { name: 'grandchild', parentRef: { name: 'ben' } });
    await lead(db, (tx) => requestDeletion(tx, [eve]));

    expect(await answer()).toMatchObject({
      children: [
        { uid: ben, name: 'ben' },
        { uid: zoe, name: 'zoe' },
      ],
    });
  });
});

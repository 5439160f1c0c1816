import { describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { mkdir } from 'node:fs/promises';
import { InsufficientCapacityError } from '../../../lib/errors.ts';
import { Layout } from '../../../backends/process/layout.ts';
import { claimPort, releaseOrphanedPorts, releasePorts } from '../../../backends/process/ports.ts';
import { bundle, intentFor } from '../intents.ts';
import { ProcessTestBed, environmentOf, shellClass } from './process-test-bed.ts';

describe('ports of processes', () => {
  it('gives an agent a port of the range and shows its address', async () => {
    await using bed = await ProcessTestBed.create();

    const { id, url } = await bed.launch(agentWithPorts('23200-23209'));

    const port = environmentOf(bed.agentOf(id)).find((entry) => entry.startsWith('PORT='));
    expect(port).toMatch(/^PORT=2320\d$/);
    expect(url).toBe(`http://127.0.0.1:${port?.slice('PORT='.length) ?? ''}`);
  });

  it('gives an agent without a range no port, not even one of its own wish', async () => {
    await using bed = await ProcessTestBed.create();

    const { id, url } = await bed.launch(shellClass({ agent: 'echo ready; exec sleep 300' }), {
      env: { PORT: '80' },
    });

    expect(url).toBeUndefined();
    expect(environmentOf(bed.agentOf(id)).join()).not.toContain('PORT=');
  });

  it('gives each of many at once a port of its own, and refuses when none is left', async () => {
    await using bed = await ProcessTestBed.create();
    const layout = await layoutOf(bed);

    const claims = await Promise.allSettled(
      Array.from({ length: 12 }, (_, index) => claim(layout, `w${String(index)}-1`, 23210, 23219)),
    );

    const ports = claims.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    const reasons = claims.flatMap((one) =>
      one.status === 'rejected' ? [one.reason as unknown] : [],
    );
    expect(new Set(ports).size).toBe(10);
    expect(reasons).toHaveLength(2);
    expect(reasons[0]).toBeInstanceOf(InsufficientCapacityError);
    expect(String(reasons[0])).toContain('none of the 10 in 23210-23219 is free: 10 are held');
  });

  it('passes over a port that a foreign program listens on', async () => {
    await using bed = await ProcessTestBed.create();
    const layout = await layoutOf(bed);
    await using _foreign = await listen(23220);

    expect(await claim(layout, 'a-1', 23220, 23221)).toBe(23221);
    await expect(claim(layout, 'b-1', 23220, 23221)).rejects.toThrow('1 by other programs');
  });

  it('leaves no folder behind when there is no port', async () => {
    await using bed = await ProcessTestBed.create();
    await using _foreign = await listen(23222);
    const intent = await intentFor(bed.backend, agentWithPorts('23222-23222'));

    await expect(bed.backend.launch(intent, bundle())).rejects.toThrow(InsufficientCapacityError);

    expect(await bed.backend.list()).toEqual([]);
    expect(await bed.namesIn('drafts')).toEqual([]);
  });

  it('keeps the port over a restart, unless somebody took it meanwhile', async () => {
    await using bed = await ProcessTestBed.create();
    const { id, url } = await bed.launch(agentWithPorts('23230-23233'));
    await stop(bed, id);
    await bed.backend.start(id, bundle());
    const same = await bed.get(id);
    await stop(bed, id);
    await using _foreign = await listen(Number(new URL(url ?? '').port));

    await bed.backend.start(id, bundle());

    const other = await bed.get(id);
    expect(same.url).toBe(url);
    expect(other.url).not.toBe(url);
    expect(await bed.namesIn('ports')).toEqual([new URL(other.url ?? '').port]);
  });

  it('gives ports back when an instance is terminated', async () => {
    await using bed = await ProcessTestBed.create();
    const { id } = await bed.launch(agentWithPorts('23240-23249'));

    await bed.backend.terminate(id);
    await bed.untilState(id, 'terminated');

    expect(await bed.namesIn('ports')).toEqual([]);
  });

  it('takes back the port of a launch that died before its folder was there, after a while', async () => {
    await using bed = await ProcessTestBed.create();
    const layout = await layoutOf(bed);
    await claim(layout, 'a-1', 23250, 23250);

    await releaseOrphanedPorts(layout, new Date());
    const early = await bed.namesIn('ports');
    await releaseOrphanedPorts(layout, new Date(Date.now() + 61_000));

    expect(early).toEqual(['23250']);
    expect(await bed.namesIn('ports')).toEqual([]);
  });

  it('gives back only what is its own', async () => {
    await using bed = await ProcessTestBed.create();
    const layout = await layoutOf(bed);
    await claim(layout, 'a-1', 23251, 23251);

    await releasePorts({ layout, id: 'b-1', heldFolder: bed.path('held', 'a-1') });

    expect(await bed.namesIn('ports')).toEqual(['23251']);
  });
});

function agentWithPorts(portRange: string) {
  return shellClass({ agent: 'echo ready; exec sleep 300' }, { portRange });
}

async function claim(layout: Layout, id: string, first: number, last: number): Promise<number> {
  return await claimPort({
    layout,
    id,
    heldFolder: `${layout.root}/held/${id}`,
    range: { first, last },
    now: new Date(),
  });
}

async function layoutOf(bed: ProcessTestBed): Promise<Layout> {
  const layout = new Layout(bed.folder);
  await mkdir(layout.ports, { recursive: true });
  return layout;
}

async function stop(bed: ProcessTestBed, id: string): Promise<void> {
  await bed.backend.stop(id);
  await bed.untilState(id, 'stopped');
}

async function listen(port: number): Promise<AsyncDisposable> {
  const server: Server = createServer().listen({ port, host: '127.0.0.1' });
  await once(server, 'listening');
  return {
    [Symbol.asyncDispose]: async () => {
      server.close();
      await once(server, 'close');
    },
  };
}

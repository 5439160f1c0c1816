import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { ControllerProcess } from './controller-process.ts';
import { eventually } from './eventually.ts';
import type { ClosedFolder } from './server-in-folder.ts';
import { closedFolder, isAlive, query, readServerPid, startIn } from './server-in-folder.ts';

const ALL_ROWS = 'select n::int from rows order by n';

// One folder for all: making the data takes most of the time, and a server that was killed is the usual case here.
let folder: ClosedFolder;

beforeAll(async () => {
  folder = await closedFolder();
});

afterAll(async () => {
  await folder[Symbol.asyncDispose]();
});

describe('the embedded PostgreSQL', () => {
  it('starts after kills at every stage of making its data', async () => {
    for (const stage of ['init/global/pg_control', 'init/base/5', 'data']) {
      const controller = new ControllerProcess(folder.path);
      await eventually(() => exists(join(folder.path, stage)));
      await controller.kill();
    }

    await using server = await startIn(folder.path);

    expect(await query(server, 'select 1')).toEqual([1]);
  });

  it('keeps every acknowledged row when its controller is killed again and again', async () => {
    const acknowledged: number[] = [];
    for (const rows of [1, 7, 40, 150]) {
      const controller = new ControllerProcess(folder.path);
      await controller.untilStored(rows);
      await controller.kill();
      acknowledged.push(...controller.stored());
    }

    await using server = await startIn(folder.path);

    expect(await query(server, ALL_ROWS)).toEqual(expect.arrayContaining(acknowledged));
    expect(new Set(acknowledged).size).toBe(acknowledged.length);
  });

  it('keeps every acknowledged row when it is killed together with its controller', async () => {
    const acknowledged: number[] = [];
    for (const rows of [3, 60]) {
      const controller = new ControllerProcess(folder.path);
      await controller.untilStored(rows);
      process.kill(await readServerPid(folder.path), 'SIGKILL');
      await controller.kill();
      acknowledged.push(...controller.stored());
    }

    await using server = await startIn(folder.path);

    expect(await query(server, ALL_ROWS)).toEqual(expect.arrayContaining(acknowledged));
  });

  it('tells its controller when it is killed, and is started again by it with all rows', async () => {
    const first = await startIn(folder.path);
    await query(first, 'create table numbers as select n from generate_series(1, 1000) n');
    const ended = new Promise<Error>((resolve) => {
      first.onUnexpectedExit(resolve);
    });

    process.kill(await readServerPid(folder.path), 'SIGKILL');
    const error = await ended;
    await using second = await startIn(folder.path);

    expect(error.message).toContain('was ended by SIGKILL');
    expect(await query(second, 'select count(*)::int from numbers')).toEqual([1000]);
  });

  it('ends with a controller that is killed', async () => {
    const controller = new ControllerProcess(folder.path);
    await controller.firstLine();
    const pid = await readServerPid(folder.path);

    await controller.kill();

    expect(await eventually(() => Promise.resolve(!isAlive(pid) || undefined))).toBe(true);
  });

  it.each(['at first', 'and again after that one was killed'])(
    'has one controller when four start at once, %s',
    async () => {
      const controllers = Array.from({ length: 4 }, () => new ControllerProcess(folder.path, 0.5));
      const lines = await Promise.all(controllers.map((one) => one.firstLine()));
      await Promise.all(controllers.map((one) => one.kill()));

      expect(lines.filter((line) => line === 'ready')).toHaveLength(1);
      expect(lines.filter((line) => line.includes('another controller uses'))).toHaveLength(3);
    },
  );
});

async function exists(path: string): Promise<true | undefined> {
  return await access(path).then(
    () => true,
    () => undefined,
  );
}

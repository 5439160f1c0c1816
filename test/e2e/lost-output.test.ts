import { expect, it } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { join } from 'node:path';
import { CHECKOUT, PROGRAM_PATH } from '../support/controller-process.ts';
import { eventuallyTrue } from '../support/eventually.ts';
import { Installation } from '../support/installation.ts';
import { createTestDatabase } from '../support/postgres.ts';
import { apply, online } from './team.ts';

it.each([
  ['on a full disk', () => openSync('/dev/full', 'w')],
  ['that nobody reads any more', () => 'pipe' as const],
])(
  'a controller goes on without its log %s, and ends as it is told',
  async (_where, open) => {
    await using database = await createTestDatabase();
    await using installation = await Installation.create();
    const argv = ['run', '--data-dir', installation.dataDir, '--listen', '127.0.0.1:0'];
    const controller = spawn(
      process.execPath,
      [join('cmd', 'treeline.ts'), ...argv, '--database-url', database.connectionString],
      { cwd: CHECKOUT, env: { PATH: PROGRAM_PATH }, stdio: ['ignore', open(), 'ignore'] },
    );
    controller.stdout?.destroy();
    await eventuallyTrue({ until: 'it listens' }, () => answers(installation));

    await apply(installation, online('ada'));
    await installation.settle(online('ada'));

    expect(await stop(controller)).toBe(0);
  },
  60_000,
);

async function answers(installation: Installation): Promise<boolean> {
  return (await installation.cli('get workspaces')).code === 0;
}

async function stop(controller: ChildProcess): Promise<unknown> {
  const ended = once(controller, 'exit');
  controller.kill('SIGTERM');
  const [code] = (await ended) as unknown[];
  return code;
}

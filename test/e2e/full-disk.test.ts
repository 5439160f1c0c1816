import { expect, it } from '@jest/globals';
import { join } from 'node:path';
import { eventuallyTrue } from '../support/eventually.ts';
import { Installation } from '../support/installation.ts';
import { createTestDatabase } from '../support/postgres.ts';
import { canMount, SmallDisk } from '../support/small-disk.ts';
import { apply, expectOneEach, online } from './team.ts';

/** Without the right to mount there is no disk that a test may fill. */
const itWhereMountingIsPermitted = canMount() ? it : it.skip;

itWhereMountingIsPermitted(
  'a full disk of the data folder stops no agent, is named, and is over when there is room again',
  async () => {
    await using database = await createTestDatabase();
    await using disk = await SmallDisk.mount();
    await using installation = await Installation.create({
      databaseUrl: database.connectionString,
      dataDir: join(disk.folder, 'data'),
    });
    const controller = await installation.run();
    await apply(installation, online('ada', 'ben'));
    await installation.settle(online('ada', 'ben'));
    const before = installation.pids();

    await disk.fill();
    await apply(installation, online('ada', 'ben', 'cem'));
    await eventuallyTrue({ until: 'cem says why it does not run' }, async () => {
      const { status } = await installation.workspace('cem');
      return status.conditions?.some(({ message }) => message.includes('ENOSPC')) === true;
    });
    const during = installation.pids();
    await apply(installation, online('ada', 'cem'));
    await disk.free();

    await installation.settle(online('ada', 'cem'), 90);
    await expectOneEach(installation, online('ada', 'cem'));
    expect(during).toEqual(before);
    expect(controller.end).toBeUndefined();
  },
  180_000,
);

import { describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventuallyTrue } from '../support/eventually.ts';
import { Installation } from '../support/installation.ts';
import { OwnPostgres } from '../support/own-postgres.ts';
import { withSeed } from '../support/seeded-random.ts';
import { leaseOf } from '../support/short-lease.ts';
import { apply, expectOneEach, online, TEN } from './team.ts';

/** Ten agents take about a second and a half to come up here. */
const LONGEST_START_MS = 1000;
const FEW = online('w1', 'w4', 'w7');

describe('PostgreSQL going away', () => {
  it(
    'while workspaces are created and deleted loses nothing, doubles nothing, and shows in /readyz',
    () =>
      withSeed(async (random) => {
        await using postgres = await OwnPostgres.create();
        await postgres.run('create database treeline');
        const databaseUrl = postgres.url('treeline');
        await using installation = await Installation.create({ databaseUrl, flags: leaseOf(3) });
        const controller = await installation.run();
        const url = await controller.url();
        const outage = async (): Promise<void> => {
          await sleep(random.below(LONGEST_START_MS));
          await postgres.stop();
          await eventuallyTrue({ until: 'it is not ready' }, async () => !(await isReady(url)));
          await postgres.start();
          await eventuallyTrue({ until: 'it is ready again' }, () => isReady(url));
        };

        await apply(installation, TEN);
        await outage();
        await expectOneEach(installation, TEN);
        await apply(installation, FEW);
        await outage();
        await expectOneEach(installation, FEW);

        expect(controller.end).toBeUndefined();
      }),
    90_000,
  );

  it(
    'by force heals by itself where it is embedded',
    () =>
      withSeed(async (random) => {
        await using installation = await Installation.create();
        const controller = await installation.run();
        const crash = async (): Promise<void> => {
          await sleep(random.below(LONGEST_START_MS));
          process.kill(await postmasterOf(installation), 'SIGKILL');
        };

        await apply(installation, TEN);
        await crash();
        await expectOneEach(installation, TEN);
        await apply(installation, FEW);
        await crash();
        await expectOneEach(installation, FEW);

        expect(controller.end).toBeUndefined();
      }),
    90_000,
  );
});

async function isReady(url: string): Promise<boolean> {
  return (await fetch(`${url}/readyz`)).ok;
}

/** Line 1 of its pid file. */
async function postmasterOf({ dataDir }: Installation): Promise<number> {
  const text = await readFile(join(dataDir, 'postgres', 'data', 'postmaster.pid'), 'utf8');
  return Number.parseInt(text);
}

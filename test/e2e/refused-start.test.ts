import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chmod, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import type { End } from '../support/controller-process.ts';
import { Installation } from '../support/installation.ts';
import { OwnPostgres } from '../support/own-postgres.ts';

/** Root may write everywhere, so the controller is somebody else: nobody, on every Linux. */
const NOT_ROOT = process.getuid?.() === 0 ? { uid: 65_534 } : {};

let postgres: OwnPostgres;
let installation: Installation;

beforeAll(async () => {
  postgres = await OwnPostgres.create();
  await postgres.run('create database ours');
  installation = await Installation.create();
}, 60_000);

afterAll(async () => {
  await installation[Symbol.asyncDispose]();
  await postgres[Symbol.asyncDispose]();
}, 60_000);

/** How a controller ends that cannot start. */
async function refusal(...flags: readonly string[]): Promise<End & { readonly output: string }> {
  const controller = await installation.start(...flags);
  return { ...(await controller.ended()), output: controller.output };
}

describe('treeline run', () => {
  it('says that the port is taken, and where to say another', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const listen = `127.0.0.1:${port}`;

    const { code, output } = await refusal(
      `--listen=${listen}`,
      `--database-url=${postgres.url('ours')}`,
    );
    other.close();

    expect(code).toBe(1);
    expect(output).toContain(`listening on ${listen}: somebody else listens there`);
  });

  it.each([
    ['no server', () => 'postgres://nobody:secret@127.0.0.1:1/ours', 'ECONNREFUSED'],
    ['a wrong password', () => postgres.url('ours').replace(/:[^:@]+@/, ':wrong@'), 'password'],
    ['no such database', () => postgres.url('absent'), 'database "absent" does not exist'],
  ])('says what is wrong with a DATABASE_URL that leads to %s', async (_what, url, why) => {
    const { code, output } = await refusal(`--database-url=${url()}`);

    expect(code).toBe(1);
    expect(output).toContain(why);
    expect(output).toContain('DATABASE_URL');
    expect(output).not.toContain('secret');
    expect(output).not.toContain('this is a bug');
  });

  it('ends with the code of a wrong command line when a folder that was given is not there', async () => {
    const missing = join(installation.folder, 'nope');

    const { code, output } = await refusal(`--directory=${missing}`, `--secrets=${missing}`);

    expect(code).toBe(2);
    expect(output).toContain(`--directory ${missing}: the folder cannot be read: ENOENT`);
    expect(output).toContain(`--secrets ${missing}: the folder cannot be read: ENOENT`);
  });

  it('refuses a database with tables that are not ours, and leaves it alone', async () => {
    await postgres.run('create database theirs');
    await postgres.run('create table customers (id integer)', 'theirs');

    const { code, output } = await refusal(`--database-url=${postgres.url('theirs')}`);

    expect(code).toBe(1);
    expect(output).toContain('customers');
    await postgres.run('drop table customers', 'theirs');
  });

  it('refuses a database that a newer version has changed, with both versions', async () => {
    const databaseUrl = `--database-url=${postgres.url('ours')}`;
    const controller = await installation.run(databaseUrl);
    await controller.stop();
    const values = `(9999, 'future', true, '99.0.0')`;
    const columns = '(number, name, is_breaking, binary_version)';
    await postgres.run(`insert into treeline_schema ${columns} values ${values}`, 'ours');

    const { code, output } = await refusal(databaseUrl);
    await postgres.run('delete from treeline_schema where number = 9999', 'ours');

    expect(code).toBe(1);
    expect(output).toContain('99.0.0');
    expect(output).toContain('0.1.0');
  });

  it('says that the data folder is a file', async () => {
    const file = join(installation.folder, 'file');
    await writeFile(file, '');

    const { code, output } = await refusal(`--data-dir=${file}`);

    expect(code).toBe(1);
    expect(output).toContain(file);
    expect(output).toContain('--data-dir');
  });

  it('says that the data folder cannot be written', async () => {
    await using sealed = await Installation.create(NOT_ROOT);
    await chmod(sealed.folder, 0o555);

    const controller = await sealed.start();
    const { code } = await controller.ended();
    await chmod(sealed.folder, 0o755);

    expect(code).toBe(1);
    expect(controller.output).toContain(`EACCES: permission denied, mkdir '${sealed.dataDir}'`);
    expect(controller.output).toContain('--data-dir');
  });
});

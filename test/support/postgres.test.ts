import { describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { createTestDatabase } from './postgres.ts';

describe('createTestDatabase', () => {
  it('gives every caller a migrated database of its own', async () => {
    await using one = await createTestDatabase();
    await using other = await createTestDatabase();

    await one.db.insertInto('installation').values({ id: 'one' }).execute();

    expect(await other.db.selectFrom('installation').selectAll().execute()).toEqual([]);
  });

  it('is dropped when it is disposed of, although somebody is connected', async () => {
    await using server = await createTestDatabase();
    const dropped = await createTestDatabase();
    const client = new Client(dropped.connectionString);
    const lost = new Promise((resolve) => client.on('error', resolve));
    await client.connect();

    await dropped[Symbol.asyncDispose]();
    await lost;

    const again = new Client(dropped.connectionString);
    await expect(again.connect()).rejects.toThrow('does not exist');
    expect(await server.db.selectFrom('installation').selectAll().execute()).toEqual([]);
  });
});

import { sql } from 'kysely';
import { TABLES } from './rows.ts';
import type { Db } from '../../store/db.ts';

/** What a backup holds: everything, the epoch too, so that whoever leads is fenced when it is restored. */
const SAVED = ['controller_epoch', ...TABLES];

/** Copies every table aside. */
export async function backUp(db: Db): Promise<void> {
  const copies = SAVED.map((table) => `create table backup.${table} as table public.${table};`);
  await sql.raw(`create schema backup; ${copies.join('')}`).execute(db);
}

/** Puts every table back as it was, in one transaction. */
export async function restore(db: Db): Promise<void> {
  const moves = SAVED.map(
    (table) =>
      `delete from public.${table};
       insert into public.${table} overriding system value table backup.${table};`,
  );
  await sql.raw(`begin; ${moves.join('')} commit`).execute(db);
}

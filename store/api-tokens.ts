import { sql, type Selectable } from 'kysely';
import { sha256Hex } from '../lib/hash.ts';
import type { Db, Transaction } from './db.ts';
import type { ApiTokensTable } from './tables.ts';

export interface ApiTokenRecord {
  readonly id: string;
  readonly name: string;
  /** First 8 characters of the token, to recognise it. */
  readonly prefix: string;
  readonly readOnly: boolean;
  readonly createdAt: Date;
  readonly revokedAt?: Date;
}

export interface NewApiToken {
  readonly id: string;
  /** For people; need not be unique. */
  readonly name: string;
  /** The secret itself; only its SHA-256 is stored. */
  readonly token: string;
  readonly readOnly: boolean;
}

const PREFIX_LENGTH = 8;
/** What `toApiToken` wants; as long as the agents' tokens (lessons.md, 2.4). */
export const API_TOKEN_BYTES = 32;

/** A token out of 32 random bytes: `tl_` and 43 characters of base64url. Throws RangeError for another length. */
export function toApiToken(randomBytes: Uint8Array): string {
  if (randomBytes.length !== API_TOKEN_BYTES) {
    throw new RangeError(`an API token needs ${API_TOKEN_BYTES} random bytes`);
  }
  return `tl_${Buffer.from(randomBytes).toString('base64url')}`;
}

export async function createApiToken(
  tx: Db | Transaction,
  { id, name, token, readOnly }: NewApiToken,
): Promise<ApiTokenRecord> {
  const row = await tx
    .insertInto('api_tokens')
    .values({
      id,
      name,
      token_hash: sha256Hex(token),
      prefix: token.slice(0, PREFIX_LENGTH),
      read_only: readOnly,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  return toApiTokenRecord(row);
}

/** By SHA-256 of the token; undefined also when it was revoked. */
export async function findApiTokenByHash(
  db: Db | Transaction,
  tokenHash: string,
): Promise<ApiTokenRecord | undefined> {
  const row = await db
    .selectFrom('api_tokens')
    .selectAll()
    .where('token_hash', '=', tokenHash)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  return row && toApiTokenRecord(row);
}

/** The token is refused from now on; false when there is no such token, or it was revoked before. */
export async function revokeApiToken(tx: Db | Transaction, id: string): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('api_tokens')
    .set({ revoked_at: sql<Date>`now()` })
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Refuses every token of that name from now on. */
export async function revokeApiTokensNamed(tx: Transaction, name: string): Promise<void> {
  await tx
    .updateTable('api_tokens')
    .set({ revoked_at: sql<Date>`now()` })
    .where('name', '=', name)
    .where('revoked_at', 'is', null)
    .execute();
}

/** All of them, also revoked ones, oldest first. */
export async function listApiTokens(db: Db | Transaction): Promise<readonly ApiTokenRecord[]> {
  const rows = await db
    .selectFrom('api_tokens')
    .selectAll()
    .orderBy('created_at')
    .orderBy('id')
    .execute();
  return rows.map(toApiTokenRecord);
}

function toApiTokenRecord(row: Selectable<ApiTokensTable>): ApiTokenRecord {
  return {
    id: row.id,
    name: row.name,
    prefix: row.prefix,
    readOnly: row.read_only,
    createdAt: row.created_at,
    ...(row.revoked_at !== null && { revokedAt: row.revoked_at }),
  };
}

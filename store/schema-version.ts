import type { QueryExecutorProvider } from 'kysely';

/** One step of the schema; frozen once released. */
export interface Migration {
  readonly number: number;
  readonly name: string;
  /** The version before this step cannot run on the schema after it. */
  readonly isBreaking: boolean;
  /** Plain SQL: a migration knows no table types, because those move on and it does not. */
  up(db: QueryExecutorProvider): Promise<void>;
}

/** A row of `treeline_schema`. */
export interface AppliedMigration {
  readonly number: number;
  readonly name: string;
  readonly isBreaking: boolean;
  /** The binary that applied it. */
  readonly binaryVersion: string;
}

/** This binary must not work on this database; the message says why and what to do. */
export class SchemaRefusedError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'SchemaRefusedError';
  }
}

/** The oldest that the statements of `store/` are tested on, as `server_version_num` counts. */
const OLDEST_SERVER = 150_000;

/** Throws `SchemaRefusedError` for a PostgreSQL that is older than 15. */
export function assertServerIsNewEnough(server: {
  readonly number: number;
  readonly name: string;
}): void {
  if (server.number < OLDEST_SERVER) {
    throw new SchemaRefusedError(
      `this server is PostgreSQL ${server.name}, and Treeline needs 15 or newer: give DATABASE_URL another server, or upgrade this one`,
    );
  }
}

/** Throws `SchemaRefusedError` when `applied` holds a breaking step that this binary does not know, or another history. */
export function assertUsable(
  applied: readonly AppliedMigration[],
  binary: { readonly migrations: readonly Migration[]; readonly binaryVersion: string },
): void {
  const known = new Map(binary.migrations.map((migration) => [migration.number, migration]));
  const newest = binary.migrations.at(-1)?.number ?? 0;
  for (const step of applied) {
    const own = known.get(step.number);
    if (own !== undefined && own.name !== step.name) {
      throw new SchemaRefusedError(
        `migration ${step.number} of this database is "${step.name}", of Treeline ${binary.binaryVersion} it is "${own.name}": ` +
          'this database was migrated by another program; give Treeline a database of its own',
      );
    }
    if (step.number > newest && step.isBreaking) {
      throw new SchemaRefusedError(
        `this database is newer than this Treeline: schema ${describe(step)} was applied by Treeline ${step.binaryVersion} ` +
          `and breaks older versions, this is Treeline ${binary.binaryVersion} with schema ${newest}; ` +
          `run Treeline ${step.binaryVersion} or newer, or restore the backup made before the upgrade`,
      );
    }
  }
}

/** The steps of the binary that the database lacks. */
export function pendingMigrations(
  applied: readonly AppliedMigration[],
  migrations: readonly Migration[],
): readonly Migration[] {
  const done = new Set(applied.map(({ number }) => number));
  return migrations.filter(({ number }) => !done.has(number));
}

function describe({ number, name }: AppliedMigration): string {
  return `${number} (${name})`;
}

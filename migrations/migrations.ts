import { createTables } from './0001_create_tables.ts';

/** All steps of the schema, oldest first; a new one is added at the end. */
export const MIGRATIONS = [createTables] as const;

import { createTables } from './0001_create_tables.ts';
import { agents } from './0002_agents.ts';
import { classStatus } from './0003_class_status.ts';
import { externalAgents } from './0004_external_agents.ts';
import { rollouts } from './0005_rollouts.ts';
import { bootstrap } from './0006_bootstrap.ts';

/** All steps of the schema, oldest first; a new one is added at the end. */
export const MIGRATIONS = [
  createTables,
  agents,
  classStatus,
  externalAgents,
  rollouts,
  bootstrap,
] as const;

import { rm } from 'node:fs/promises';
import type { TestRun } from './global-setup.ts';

/** Ends the tests' PostgreSQL server and removes its folder. */
export default async function tearDown(): Promise<void> {
  const { treelineTestRun } = globalThis as typeof globalThis & { treelineTestRun: TestRun };
  const running = await treelineTestRun.started;
  await running?.stop();
  await rm(treelineTestRun.folder, { recursive: true, force: true });
}

import { chmod, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunningTestServer } from './start-test-server.ts';
import { startTestServer } from './start-test-server.ts';
import { announce, announceIn } from './test-server.ts';

const FOLDER_PREFIX = 'treeline-test-';

/** No run takes a day: what is older was left by one that was killed. */
const LEFT_BEHIND_MILLISECONDS = 24 * 3600 * 1000;

/** What global-teardown.ts gives back. */
export interface TestRun {
  readonly folder: string;
  readonly started: Promise<RunningTestServer | undefined>;
}

/**
 * Starts the tests' PostgreSQL server, or migrates a template in the one of TREELINE_TEST_DATABASE. Nobody waits for it
 * here: tests that need no database begin at once, the others wait in `createTestDatabase`.
 */
export default async function setUp(): Promise<void> {
  await removeLeftBehind();
  const folder = await mkdtemp(join(tmpdir(), FOLDER_PREFIX));
  // Run by root the server has another user, who must get in.
  await chmod(folder, 0o755);
  const file = join(folder, 'server.json');
  announceIn(file);
  const started = start(folder, file);
  Object.assign(globalThis, { treelineTestRun: { folder, started } satisfies TestRun });
}

async function start(folder: string, file: string): Promise<RunningTestServer | undefined> {
  try {
    const running = await startTestServer(folder, process.env['TREELINE_TEST_DATABASE']);
    await announce(file, { server: running.server });
    return running;
  } catch (error) {
    await announce(file, { failure: String(error) });
    return undefined;
  }
}

async function removeLeftBehind(): Promise<void> {
  const names = await readdir(tmpdir());
  for (const name of names.filter((one) => one.startsWith(FOLDER_PREFIX))) {
    const path = join(tmpdir(), name);
    const changedAt = await stat(path).then(
      (found) => found.mtimeMs,
      () => Date.now(),
    );
    if (Date.now() - changedAt > LEFT_BEHIND_MILLISECONDS) {
      // Somebody else's is left to them.
      await rm(path, { recursive: true, force: true }).catch(() => undefined);
    }
  }
}

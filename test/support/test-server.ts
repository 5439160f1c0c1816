import { readFile, rename, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** Where global-setup.ts tells the tests' processes, through the environment, to look for the server. */
const FILE_VARIABLE = 'TREELINE_TEST_SERVER_FILE';

/** Starting and migrating takes 1-2 s; a busy machine may take many times that. */
const START_SECONDS = 120;
const POLL_MILLISECONDS = 20;

/** The PostgreSQL server of a test run. */
export interface TestServer {
  /** A role that may create databases, connected to a database that is always there. */
  readonly adminUrl: string;
  /** The migrated database that tests clone. */
  readonly template: string;
}

type Announcement = { readonly server: TestServer } | { readonly failure: string };

/** Called in the process that starts the server, before any test's process is started. */
export function announceIn(file: string): void {
  process.env[FILE_VARIABLE] = file;
}

/** Tells the waiting tests how it went; they never see half of it. */
export async function announce(file: string, announcement: Announcement): Promise<void> {
  await writeFile(`${file}.new`, JSON.stringify(announcement), { mode: 0o600 });
  await rename(`${file}.new`, file);
}

/** Waits for the server that global-setup.ts starts beside the first tests. Throws what went wrong there. */
export async function awaitTestServer(): Promise<TestServer> {
  const file = process.env[FILE_VARIABLE] ?? '';
  const giveUpAt = Date.now() + START_SECONDS * 1000;
  while (Date.now() < giveUpAt) {
    const text = await readFile(file, 'utf8').catch(() => undefined);
    if (text !== undefined) {
      return take(JSON.parse(text) as Announcement);
    }
    await sleep(POLL_MILLISECONDS);
  }
  throw new Error(`no PostgreSQL server for the tests after ${START_SECONDS} s`);
}

function take(announcement: Announcement): TestServer {
  if ('failure' in announcement) {
    throw new Error(`no PostgreSQL server for the tests: ${announcement.failure}`);
  }
  return announcement.server;
}

/** The same server, another database. */
export function urlOf(adminUrl: string, database: string): string {
  const url = new URL(adminUrl);
  url.pathname = `/${database}`;
  return url.href;
}

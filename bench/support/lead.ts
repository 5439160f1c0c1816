import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Bundle, Instance, LaunchIntent } from '../../backends/backend.ts';
import { readClientFile } from '../../cmd/client-file.ts';
import { startController } from '../../cmd/controller.ts';
import { parseRunOptions } from '../../cmd/options.ts';
import { measuredBackend } from '../../cmd/wiring/measured-backend.ts';
import { systemClock } from '../../lib/clock.ts';
import { FakeBackend } from '../../test/fakes/fake-backend.ts';
import { FakeProvider } from '../../test/fakes/fake-provider.ts';
import { eventually } from '../../test/support/eventually.ts';
import type { AgentIdentity } from './beating-agent.ts';
import { INSTALLATION_ID } from './world.ts';

/**
 * `treeline run` in a process of its own, all of it but its backends: one fake stands for them. Prints the port of its
 * API; then answers every line that it is sent by one line of JSON, `identities` by `AgentIdentity[]` and any other by `Usage`.
 */
export interface Usage {
  /** Of this process alone: PostgreSQL, agents and backend have their own. */
  readonly cpuSeconds: number;
  readonly rssMiB: number;
}

/** Tells what agents are given. Keeps nothing of it but its hash, as where instances are elsewhere. */
class ForgetfulBackend extends FakeBackend {
  readonly identities: AgentIdentity[] = [];

  override async launch(intent: LaunchIntent, bundle: Bundle): Promise<Instance> {
    const { workspaceUid: uid } = intent.marks;
    this.identities.push({ uid, token: bundle.files['.auth_token'] ?? '' });
    return await super.launch(intent, { env: {}, files: {}, configHash: bundle.configHash });
  }
}

const [dataDir = '', databaseUrl = ''] = process.argv.slice(2);
const backend = new ForgetfulBackend(new FakeProvider({ clock: systemClock }));
const stop = new AbortController();
const log = createWriteStream(join(dataDir, 'log'));
const options = parseRunOptions(
  {
    flags: {},
    env: {
      TREELINE_DATA_DIR: dataDir,
      DATABASE_URL: databaseUrl,
      TREELINE_LISTEN: '127.0.0.1:0',
      TREELINE_INSTALLATION_ID: INSTALLATION_ID,
      TREELINE_GARBAGE: 'enforce',
    },
    workingDirectory: dataDir,
  },
  false,
);
const ended = startController(
  options,
  {
    signal: stop.signal,
    stdout: { write: (text: string) => log.write(text) },
    workingDirectory: dataDir,
    path: '',
    colours: false,
  },
  ({ metrics }) =>
    Promise.resolve({
      backends: new Map([['process', measuredBackend('process', backend, metrics)]]),
      sweepBackends: () => Promise.resolve(),
    }),
);
const client = eventually({ until: 'the API listens' }, () => readClientFile(dataDir));
print(Number(new URL((await client).server).port));

createInterface({ input: process.stdin })
  .on('line', (line) => {
    print(line === '"identities"' ? backend.identities.splice(0) : usage());
  })
  .on('close', () => {
    stop.abort();
  });
await ended;
process.exit(0);

function usage(): Usage {
  const { user, system } = process.cpuUsage();
  return { cpuSeconds: (user + system) / 1e6, rssMiB: process.memoryUsage.rss() / 2 ** 20 };
}

function print(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { systemClock } from '../../lib/clock.ts';
import { NotFoundError } from '../../lib/errors.ts';
import { createServer } from '../../server/server.ts';
import type { ConnectionTarget } from '../../store/db.ts';
import { INSTALLATION_ID, connect, silentLog } from './world.ts';

/**
 * The HTTP API in a process of its own, as `cmd/` makes it. Prints its port; then one line of JSON with what it used for
 * every line that it is sent.
 */
export interface Usage {
  readonly cpuSeconds: number;
  readonly rssMiB: number;
}

const db = connect(JSON.parse(process.argv[2] ?? '{}') as ConnectionTarget);
const none = (): Promise<never> => Promise.reject(new NotFoundError('nothing runs here'));
const server = createServer({
  db,
  installationId: INSTALLATION_ID,
  authentication: 'tokens',
  allowWithoutToken: true,
  info: { version: 'bench' },
  listen: { host: '127.0.0.1', port: 0 },
  clock: systemClock,
  randomBytes,
  log: silentLog,
  readLog: none,
  sendMessage: none,
  listBackends: () => [],
  readiness: () => ({ ready: true, problems: [] }),
  metricsText: () => Promise.resolve(''),
  agents: {
    agentNetwork: 'local',
    resolveHost: none,
    renderAgentBundle: none,
    bootstrapAgent: none,
  },
});
await server.listen({ host: '127.0.0.1', port: 0 });
print((server.server.address() as AddressInfo).port);

createInterface({ input: process.stdin })
  .on('line', () => {
    const { user, system } = process.cpuUsage();
    const usage: Usage = {
      cpuSeconds: (user + system) / 1e6,
      rssMiB: process.memoryUsage.rss() / 2 ** 20,
    };
    print(usage);
  })
  .on('close', () => {
    process.exit(0);
  });

function print(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

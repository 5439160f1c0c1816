import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { createDirectorySource } from '../cmd/wiring/directory.ts';
import { systemClock } from '../lib/clock.ts';
import { listenForChanges } from '../store/changes.ts';
import { percentile, printTable } from './support/numbers.ts';
import { INSTALLATION_ID, openBenchDatabase, silentLog, startLeader } from './support/world.ts';

const RECORDS = 10_000;
const FILES_PER_FOLDER = 500;
const CHANGES = 60;

const folder = await mkdtemp(join(tmpdir(), 'treeline-bench-'));
await writeFile(join(folder, 'class.yaml'), classManifest());
for (let index = 0; index < RECORDS; index += 1) {
  await mkdir(dirOf(index), { recursive: true });
  await writeFile(fileOf(index), manifest(index, 'first'));
}

await using database = await openBenchDatabase();
await using running = await startLeader(database.db);
const stop = new AbortController();
const source = createDirectorySource({
  db: database.db,
  leadership: running.leadership,
  installationId: INSTALLATION_ID,
  folder,
  rescanSeconds: 30,
  clock: systemClock,
  log: silentLog,
});
const watching = source.run(stop.signal, () => undefined);
const listener = listenForChanges(
  {
    connection: database.connection,
    applicationName: 'treeline-bench-changes',
    clock: systemClock,
    random: Math.random,
    onProblem: () => undefined,
  },
  (hint) => {
    if (hint !== 'everything') {
      running.leader.enqueue(hint.uids);
    }
  },
);
while (running.backend.provider.liveInstances().length < RECORDS) {
  await running.converged();
  await systemClock.sleep(200);
}
await running.converged();

const latencyMs: number[] = [];
for (let change = 0; change < CHANGES; change += 1) {
  const index = (change * 163) % RECORDS;
  const callsBefore = running.backend.calls.length;
  await systemClock.sleep(100);
  const startedMs = performance.now();
  await writeFile(fileOf(index), manifest(index, `change-${change}`));
  while (running.backend.calls.length === callsBefore) {
    await setImmediate();
  }
  latencyMs.push(performance.now() - startedMs);
  await running.converged();
}
stop.abort();
await watching;
await listener.close();
await rm(folder, { recursive: true });

printTable(`one manifest of ${RECORDS} changes → backend call (${CHANGES} changes, real folder)`, [
  { measure: 'p50 ms', measured: percentile(latencyMs, 0.5), target: '≤ 100' },
  { measure: 'p99 ms', measured: percentile(latencyMs, 0.99), target: '≤ 500' },
]);

function dirOf(index: number): string {
  return join(folder, `d${Math.floor(index / FILES_PER_FOLDER)}`);
}

function fileOf(index: number): string {
  return join(dirOf(index), `w${index}.yaml`);
}

function manifest(index: number, value: string): string {
  return `apiVersion: treeline.dev/v1alpha1
kind: Workspace
metadata: { name: w${index} }
spec: { runtime: sample, env: [{ name: VALUE, value: ${value} }] }
`;
}

function classManifest(): string {
  return `apiVersion: treeline.dev/v1alpha1
kind: WorkspaceClass
metadata: { name: local }
spec:
  default: true
  backend: process
  readiness: Running
  rollout: { maxUnavailable: 1000 }
  process: { runtimes: { sample: { command: [sample] } } }
`;
}

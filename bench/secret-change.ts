import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { registeringClass, sample, toYaml } from '../test/support/agent-manifests.ts';
import { CHECKOUT } from '../test/support/controller-process.ts';
import { eventually } from '../test/support/eventually.ts';
import { Installation } from '../test/support/installation.ts';
import { percentile, printTable } from './support/numbers.ts';
import type { Note } from './support/note-times.ts';

const ROUNDS = 12;
/** As users have them; an installation for tests is more in a hurry. */
const DEFAULTS = ['--poll-seconds', '2', '--rescan-seconds', '30', '--garbage-seconds', '60'];
/** Between two changes, and a little more each time: no beat of the controller is always met at the same moment. */
const PAUSE_MS = 2_000;
const DRIFT_MS = 137;

interface Round {
  readonly totalMs: number;
  readonly stopMs: number;
  readonly startMs: number;
}

await using installation = await Installation.create();
const secret = join(installation.dataDir, 'secrets', 'default', 'model', 'API_KEY');
const notes = join(installation.folder, 'notes');
await mkdir(join(secret, '..'), { recursive: true, mode: 0o700 });
await writeFile(secret, 'value-0');
const command = [
  'node',
  '--import',
  join(import.meta.dirname, 'support', 'note-times.ts'),
  join(CHECKOUT, 'examples', 'agent', 'agent.js'),
];
const demo = sample('demo', { envFrom: [{ secretRef: { name: 'model' } }] });
const runtimes = { sample: { command, env: { NOTES: notes } } };
await installation.write('team.yaml', toYaml(registeringClass({ runtimes }), demo));
await installation.follow(...DEFAULTS);
await installation.settle({ demo: 'Online' });

const rounds: Round[] = [];
for (let round = 1; round <= ROUNDS; round += 1) {
  await sleep(PAUSE_MS + round * DRIFT_MS);
  rounds.push(await change(`value-${round - 1}`, `value-${round}`));
  await installation.settle({ demo: 'Online' });
}

const overheads = rounds.map(({ totalMs, stopMs, startMs }) => totalMs - stopMs - startMs);
printTable(
  `a secret file changes → the agent has registered with the new value; process backend, folder source (${ROUNDS} rounds)`,
  [
    row('all of it ms', (one) => one.totalMs),
    row("the agent's own stop ms", (one) => one.stopMs),
    row("the agent's own start, until registered ms", (one) => one.startMs),
    { ...spread('what Treeline adds ms', overheads), target: '≤ 1000' },
  ],
);

async function change(before: string, after: string): Promise<Round> {
  const changedAt = Date.now();
  await writeFile(secret, after);
  const registeredAt = await momentOf('registered', after);
  const stopMs = (await momentOf('ended', before)) - (await momentOf('stopping', before));
  const startMs = registeredAt - (await momentOf('started', after));
  return { totalMs: registeredAt - changedAt, stopMs, startMs };
}

/** Waits for it. */
async function momentOf(event: Note['event'], apiKey: string): Promise<number> {
  return await eventually({ until: `${event} with ${apiKey}` }, async () => {
    const lines = (await readFile(notes, 'utf8')).trim().split('\n');
    const all = lines.map((line) => JSON.parse(line) as Note);
    return all.find((note) => note.event === event && note.apiKey === apiKey)?.at;
  });
}

function row(measure: string, pick: (round: Round) => number) {
  return { ...spread(measure, rounds.map(pick)), target: '-' };
}

function spread(measure: string, samples: readonly number[]) {
  return { measure, p50: percentile(samples, 0.5), max: percentile(samples, 1) };
}

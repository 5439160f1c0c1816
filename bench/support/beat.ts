import { json } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { BeatingAgent } from './beating-agent.ts';
import { percentile } from './numbers.ts';

/** The agents, in a process of their own: reads `BeatOrder` as JSON, prints lines of JSON. */
export interface BeatOrder {
  readonly port: number;
  readonly uids: readonly string[];
  readonly seconds: number;
}

export interface BeatResult {
  readonly answered: number;
  readonly refused: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** Connections and registers at once while everybody begins. */
const BEGINNERS = 50;
/** As agents do it (lessons.md, 2.3). */
const INTERVAL_SECONDS = 30;

const { port, uids, seconds } = (await json(process.stdin)) as BeatOrder;
const agents: BeatingAgent[] = [];
for (let index = 0; index < uids.length; index += BEGINNERS) {
  const beginners = uids.slice(index, index + BEGINNERS).map(begin);
  agents.push(...(await Promise.all(beginners)));
}
process.stdout.write('"registered"\n');
await setTimeout(1_000);

const latencies: number[] = [];
const beats: Promise<void>[] = [];
let refused = 0;
const startedMs = performance.now();
for (let sent = 0; sent < (agents.length * seconds) / INTERVAL_SECONDS;) {
  const due = ((performance.now() - startedMs) / 1000) * (agents.length / INTERVAL_SECONDS);
  for (; sent < due; sent += 1) {
    beats.push(beat(agents[sent % agents.length], Math.floor(sent / agents.length)));
  }
  await setTimeout(1);
}
await Promise.all(beats);
const result: BeatResult = {
  answered: latencies.length,
  refused,
  p50Ms: percentile(latencies, 0.5),
  p99Ms: percentile(latencies, 0.99),
  maxMs: percentile(latencies, 1),
};
process.stdout.write(`${JSON.stringify(result)}\n`);
process.exit(0);

async function begin(uid: string): Promise<BeatingAgent> {
  const agent = await BeatingAgent.connect(port, uid);
  await agent.register();
  return agent;
}

async function beat(agent: BeatingAgent | undefined, round: number): Promise<void> {
  const sentMs = performance.now();
  const status = await agent?.beat(round);
  latencies.push(performance.now() - sentMs);
  refused += status === 200 ? 0 : 1;
}

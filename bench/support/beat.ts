import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { BeatingAgent, type AgentIdentity } from './beating-agent.ts';
import { percentile } from './numbers.ts';

/**
 * The agents, in a process of their own: reads `BeatOrder` as a line of JSON, prints one when all are registered; beats
 * when it is sent another, and prints `BeatResult`.
 */
export interface BeatOrder {
  readonly port: number;
  readonly identities: readonly AgentIdentity[];
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

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const { port, identities, seconds } = JSON.parse(await nextLine()) as BeatOrder;
const agents: BeatingAgent[] = [];
for (let index = 0; index < identities.length; index += BEGINNERS) {
  const beginners = identities.slice(index, index + BEGINNERS).map(begin);
  agents.push(...(await Promise.all(beginners)));
}
process.stdout.write('"registered"\n');
await nextLine();

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

async function nextLine(): Promise<string> {
  const line = await lines.next();
  return line.done === true ? '' : line.value;
}

async function begin(identity: AgentIdentity): Promise<BeatingAgent> {
  const agent = await BeatingAgent.connect(port, identity);
  await agent.register();
  return agent;
}

async function beat(agent: BeatingAgent | undefined, round: number): Promise<void> {
  const sentMs = performance.now();
  const status = await agent?.beat(round);
  latencies.push(performance.now() - sentMs);
  refused += status === 200 ? 0 : 1;
}

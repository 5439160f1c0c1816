import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { BeatingAgent, type AgentIdentity } from './beating-agent.ts';
import { percentile } from './numbers.ts';

/**
 * The agents, in a process of their own: reads `BeatOrder` as a line of JSON, prints one when all are registered, and beats
 * from then on. Measures when it is sent another, and prints `BeatResult`.
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
let isMeasuring = false;
void nextLine().then(() => {
  isMeasuring = true;
});

let latencies: number[] = [];
let refused = 0;
/** Goes on from the warm-up into what is measured: everybody keeps the interval. */
let turn = 0;
await beatUntil(() => isMeasuring);
latencies = [];
refused = 0;
await beatUntil((sent) => sent >= (agents.length * seconds) / INTERVAL_SECONDS);
const result: BeatResult = {
  answered: latencies.length,
  refused,
  p50Ms: percentile(latencies, 0.5),
  p99Ms: percentile(latencies, 0.99),
  maxMs: percentile(latencies, 1),
};
process.stdout.write(`${JSON.stringify(result)}\n`);
process.exit(0);

/** Everybody in turn, at an even pace, whether answers come or not; resolves with the last of them. */
async function beatUntil(isOver: (sent: number) => boolean): Promise<void> {
  const beats: Promise<void>[] = [];
  const startedMs = performance.now();
  for (let sent = 0; !isOver(sent);) {
    const due = ((performance.now() - startedMs) / 1000) * (agents.length / INTERVAL_SECONDS);
    for (; sent < due && !isOver(sent); sent += 1) {
      beats.push(beat(agents[turn % agents.length], Math.floor(turn / agents.length)));
      turn += 1;
    }
    await setTimeout(1);
  }
  await Promise.all(beats);
}

async function nextLine(): Promise<string> {
  const line = await lines.next();
  return line.done === true ? '' : line.value;
}

async function begin(identity: AgentIdentity): Promise<BeatingAgent> {
  const agent = new BeatingAgent(port, identity);
  await agent.register();
  return agent;
}

async function beat(agent: BeatingAgent | undefined, round: number): Promise<void> {
  const sentMs = performance.now();
  const status = await agent?.beat(round);
  latencies.push(performance.now() - sentMs);
  refused += status === 200 ? 0 : 1;
}

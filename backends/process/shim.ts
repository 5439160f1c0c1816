// Runs as a process of its own, between a backend that may die at any moment and the agent: claims the run, starts the
// agent, keeps its log, records its end. Arguments: data folder, instance id, number of the run.
import { Layout } from './layout.ts';
import { readMachine } from './machine.ts';
import { superviseRun } from './supervisor.ts';

const [root = '', id = '', run = ''] = process.argv.slice(2);
const stop = new AbortController();
// Before the claim: from then on others know this process and may ask it to stop.
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    stop.abort();
  });
}
// The terminal it was started from may be closed.
process.on('SIGHUP', () => undefined);

await superviseRun({
  layout: new Layout(root),
  id,
  run: Number(run),
  bootId: readMachine().bootId,
  stop: stop.signal,
});

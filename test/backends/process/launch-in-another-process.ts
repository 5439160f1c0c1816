// Run as a process of its own by the tests: launches or starts, as a controller that may be killed at any moment.
// Arguments: data folder, then JSON with what to do.
import { readMachine } from '../../../backends/process/machine.ts';
import { ProcessBackend } from '../../../backends/process/process-backend.ts';
import type { Bundle, LaunchIntent } from '../../../backends/backend.ts';
import { systemClock } from '../../../lib/clock.ts';

const [folder = '', text = '{}'] = process.argv.slice(2);
const { intent, start, bundle } = JSON.parse(text) as {
  readonly intent: LaunchIntent;
  readonly start?: string;
  readonly bundle: Bundle;
};
const backend = await ProcessBackend.open({
  folder,
  installationId: intent.marks.installationId,
  machine: readMachine(),
  clock: systemClock,
  workingDirectory: folder,
  path: '/usr/bin:/bin',
});
await (start === undefined ? backend.launch(intent, bundle) : backend.start(start, bundle));

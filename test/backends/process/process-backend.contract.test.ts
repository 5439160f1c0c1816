import { writeFile } from 'node:fs/promises';
import { systemClock } from '../../../lib/clock.ts';
import { describeBackend, type BackendUnderTest } from '../backend-contract.ts';
import { ProcessTestBed, shellClass } from './process-test-bed.ts';

const AGENT = 'echo ready; exec sleep 300';
/** Ends when the file `fail` appears in its working directory, so that it is seen running before. */
const FAILING =
  'echo ready; until test -e fail; do sleep 0.02; done; rm fail; echo last words; exit 3';

async function openProcess(): Promise<BackendUnderTest> {
  const bed = await ProcessTestBed.create();
  return {
    backend: bed.backend,
    another: await bed.open(),
    foreign: await bed.open({ installationId: 'another-installation' }),
    classSpec: shellClass({ agent: AGENT, failing: FAILING }),
    fail: async (id) => {
      const { marks } = await bed.get(id);
      await writeFile(bed.path('state', marks.workspaceUid, 'fail'), '');
    },
    pause: () => systemClock.sleep(10),
    [Symbol.asyncDispose]: () => bed[Symbol.asyncDispose](),
  };
}

describeBackend('process', openProcess);

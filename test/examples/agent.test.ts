import { describe, expect, it } from '@jest/globals';
import { fileURLToPath } from 'node:url';
import { ProcessTestBed, until } from '../backends/process/process-test-bed.ts';
import { bundle, intentFor } from '../backends/intents.ts';

const AGENT = fileURLToPath(new URL('../../examples/agent/agent.js', import.meta.url));

describe('the sample agent', () => {
  it('says who it is, and ends with code 0 when it is stopped', async () => {
    await using bed = await ProcessTestBed.create();
    const intent = await intentFor(bed.backend, {
      backend: 'process',
      process: {
        runtimes: { agent: { command: [process.execPath, AGENT] } },
        portRange: '23300-23319',
      },
    });
    const env = { WORKSPACE_NAME: 'Director', WORKSPACE_ROLE: 'leads', PARENT_ID: 'parent-uid' };

    const { id, url = '' } = await bed.backend.launch(
      intent,
      bundle({ env, files: { 'prompts/system.md': 'Lead.' } }),
    );

    await until('it listens', async () => (await bed.backend.readLog(id, 1)).includes(url));
    expect(await (await fetch(url)).json()).toMatchObject({
      id: intent.marks.workspaceUid,
      name: 'Director',
      role: 'leads',
      parent: 'parent-uid',
      configFiles: ['prompts/system.md'],
    });
    process.kill(bed.agentOf(id), 'SIGTERM');
    expect((await bed.untilState(id, 'stopped')).exit).toMatchObject({ code: 0 });
  });
});

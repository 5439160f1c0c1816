import { stat } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { logOfLastRun } from '../../../api/run-boundary.ts';
import { BootBed } from './boot-bed.ts';

const SECRETS = { 'configs/.auth_token': 'agent-1', 'configs/.inbound_secret': 'inbound-1' };
const FIRST = { status: 200, entries: { ...SECRETS, 'env.sh': "export GREETING='hello'\n" } };

describe('an instance that boots with the default user data', () => {
  it('takes its bundle for the bootstrap token and becomes the agent', async () => {
    await using bed = await BootBed.create();
    bed.answer(FIRST);

    const { code, output } = await bed.boot('echo "$GREETING $WORKSPACE_CONFIG_PATH"; pwd; exit 3');

    expect(bed.requests).toEqual(['POST /agents/v1/bootstrap bootstrap-1 application/x-tar']);
    expect(logOfLastRun(output)).toBe(
      `hello ${bed.path('configs')}\n${bed.path('var/lib/treeline/state')}\n`,
    );
    expect(code).toBe(3);
    expect(await bed.read('configs/.auth_token')).toBe('agent-1');
  });

  it('asks with the token of its agent when it is started again, and keeps that', async () => {
    await using bed = await BootBed.create();
    bed.answer(FIRST);
    await bed.boot('echo kept > memory');
    bed.answer({ status: 200, entries: { 'configs/new.md': 'new', 'env.sh': "export A='2'\n" } });

    const { output } = await bed.boot(
      'echo "$GREETING$A"; cat memory; ls "$WORKSPACE_CONFIG_PATH"',
    );

    expect(bed.requests[1]).toBe('GET /agents/v1/bundle agent-1 application/x-tar');
    expect(output).toContain('2\nkept\nnew.md\n');
    expect(await bed.read('configs/.auth_token')).toBe('agent-1');
    expect(await bed.read('configs/.inbound_secret')).toBe('inbound-1');
  });

  it('takes files away that are not in the bundle any more', async () => {
    await using bed = await BootBed.create();
    bed.answer({ ...FIRST, entries: { ...FIRST.entries, 'configs/old.md': 'old' } });
    await bed.boot('true');
    bed.answer({ status: 200, entries: { 'configs/new.md': 'new', 'env.sh': '' } });

    const { output } = await bed.boot('ls "$WORKSPACE_CONFIG_PATH"');

    expect(output).not.toContain('old.md');
  });

  it('takes the bootstrap token again when that of its agent is refused', async () => {
    await using bed = await BootBed.create();
    bed.answer(FIRST);
    await bed.boot('true');
    const again = { ...FIRST.entries, 'configs/.auth_token': 'agent-2' };
    bed.answer({ status: 401 }, { status: 200, entries: again });

    await bed.boot('true');

    expect(bed.requests[2]).toBe('POST /agents/v1/bootstrap bootstrap-1 application/x-tar');
    expect(await bed.read('configs/.auth_token')).toBe('agent-2');
  });

  it('asks again until it gets one', async () => {
    await using bed = await BootBed.create();
    bed.answer({ status: 503 }, FIRST);

    const { output } = await bed.boot('echo ready');

    expect(output).toContain('no bundle yet: status 503, next try in 1 s');
    expect(output).toContain('ready');
  });

  it.each([404, 410])(
    'ends without an agent when it is not wanted any more: %d',
    async (status) => {
      await using bed = await BootBed.create();
      bed.answer({ status });

      const { code, output } = await bed.boot('echo ready');

      expect(output).toBe('treeline: this instance is not wanted any more\n');
      expect(code).toBe(0);
    },
  );

  it('lets the bundle override the environment of the class', async () => {
    await using bed = await BootBed.create();
    bed.answer(FIRST);

    const { output } = await bed.boot('echo "$GREETING $MODE"', { GREETING: 'class', MODE: 'x' });

    expect(output).toContain('hello x\n');
  });

  it('gives the agent whatever the bundle names, also what the script uses itself', async () => {
    await using bed = await BootBed.create();
    const env = "export PATH='/nowhere'\nexport IFS='e'\nexport configs='x'\nexport home='y z'\n";
    bed.answer({ status: 200, entries: { ...SECRETS, 'env.sh': env } });

    const { code, output } = await bed.boot('echo "$PATH $home $WORKSPACE_CONFIG_PATH"');

    expect(output).toContain(`/nowhere y z ${bed.path('configs')}\n`);
    expect(code).toBe(0);
  });

  it('shows no secret to others, neither in files nor in what it writes', async () => {
    await using bed = await BootBed.create();
    bed.answer(FIRST);

    const { output } = await bed.boot('set');

    expect(output).not.toMatch(/bootstrap-1|agent-1|inbound-1/);
    expect((await stat(bed.path('configs/.auth_token'))).mode & 0o77).toBe(0);
    await expect(bed.read('var/lib/treeline/bundle.tar')).rejects.toThrow('ENOENT');
    await expect(bed.read('var/lib/treeline/new/env.sh')).rejects.toThrow('ENOENT');
  });
});

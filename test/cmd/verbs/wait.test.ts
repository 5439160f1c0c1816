import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EXIT } from '../../../cmd/exit-codes.ts';
import { CliWorld, manifest } from '../cli-world.ts';
import { condition } from '../workspaces.ts';

let world: CliWorld;

beforeAll(async () => {
  world = await CliWorld.startWithTeam();
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

describe('wait', () => {
  it('returns at once when all is as wanted', async () => {
    const { code, stdout } = await world.run('wait director');

    expect(code).toBe(EXIT.ok);
    expect(stdout).toMatch(/^1 workspace ready \(\ds\)\n$/);
  });

  it('waits for what comes', async () => {
    await world.run('apply -f -', { stdin: manifest('late') });
    const waiting = world.run('wait late --for=paused', { answers: '' });
    await world.setStatus('late', {
      phase: 'Paused',
      conditions: [condition('Ready', 'True', 'Paused')],
    });

    const { code, stdout } = await waiting;

    expect(code).toBe(EXIT.ok);
    expect(stdout).toMatch(/^1 workspace paused/);
  });

  it('waits until one is gone, and does not mind one that never was', async () => {
    const waiting = world.run('wait late nobody --for=delete');
    await world.release('late');

    expect((await waiting).code).toBe(EXIT.ok);
  });

  it('gives up in time, says how far it got and what holds the rest up', async () => {
    const result = await world.run('wait --all --timeout 1s');

    expect(result.code).toBe(EXIT.timedOut);
    expect(result.stderr).toBe(
      'timed out after 1s: 1/4 ready, waiting for interviews (Pending), research (Pending), writing (CrashLoopBackOff); `treeline describe NAME` says more\n',
    );
  });

  it('shows on a terminal how far it is', async () => {
    const result = await world.run('wait --all --timeout 1s', { answers: '' });

    expect(result.stderr).toContain('\r\u001b[K0s  1/4 ready, waiting for interviews (Pending)');
    expect(result.stdout).toBe('');
  });

  it.each([
    ['wait nobody', EXIT.notFound, 'workspace default/nobody does not exist'],
    ['wait --all -n empty', EXIT.notFound, 'there is no workspace to wait for'],
    ['wait', EXIT.usage, 'name the workspaces to wait for, or give --all'],
    ['wait ada --all', EXIT.usage, 'name the workspaces to wait for, or give --all'],
    [
      'wait ada --for=happy',
      EXIT.usage,
      '--for must be one of ready, online, paused, hibernated, deleted (got happy)',
    ],
    ['wait ada --timeout soon', EXIT.usage, '--timeout must be a time'],
  ])('is clear about "%s"', async (argv, code, message) => {
    const result = await world.run(argv);

    expect(result.code).toBe(code);
    expect(result.stderr).toContain(message);
  });
});

import { describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  isAlive,
  ownIdentity,
  parseStat,
  readStat,
  signalProcess,
} from '../../../backends/process/process-identity.ts';
import { readMachine } from '../../../backends/process/machine.ts';
import { until } from './process-test-bed.ts';

const { bootId } = readMachine();

describe('who a process is', () => {
  it('is read from its line in /proc, whatever its program is called', () => {
    const line = `42 (a) (b c) S 1 42 41 0 -1 4194304 1 0 0 0 0 0 0 0 20 0 1 0 987654 1 2\n`;

    expect(parseStat(line)).toEqual({
      pid: 42,
      state: 'S',
      group: 42,
      session: 41,
      startTicks: '987654',
    });
  });

  it('is not known from half a line', () => {
    expect(parseStat('42 (sh) S 1 42 41')).toBeUndefined();
  });

  it('holds for this process, not in another boot, and not with another start time', () => {
    const self = ownIdentity(bootId);

    expect(isAlive(self, bootId)).toBe(true);
    expect(isAlive(self, 'another boot')).toBe(false);
    expect(isAlive({ ...self, bootId: 'another boot' }, bootId)).toBe(false);
    expect(isAlive({ ...self, startTicks: '1' }, bootId)).toBe(false);
  });

  it('is dead once it has ended', async () => {
    const child = spawn('true');
    const pid = child.pid ?? 0;
    await once(child, 'exit');

    await until('it is gone', () => readStat(pid) === undefined);
    expect(isAlive({ pid, startTicks: '1', bootId }, bootId)).toBe(false);
  });

  it('keeps a signal from a process that only has the same number', async () => {
    const child = spawn('sleep', ['300']);
    await once(child, 'spawn');
    const pid = child.pid ?? 0;
    const startTicks = readStat(pid)?.startTicks ?? '';

    signalProcess({ pid, startTicks: '1', bootId }, bootId, 'SIGKILL');
    const survived = readStat(pid)?.state;
    signalProcess({ pid, startTicks, bootId }, bootId, 'SIGKILL');

    expect(survived).toMatch(/[RS]/);
    expect(await once(child, 'exit')).toEqual([null, 'SIGKILL']);
  });
});

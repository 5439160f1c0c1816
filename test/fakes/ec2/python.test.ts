import { describe, expect, it } from '@jest/globals';
import { preparePython } from './python.ts';

describe('suites that need Python', () => {
  it('say why they are skipped where there is none', async () => {
    const python = await preparePython({ interpreter: '/nowhere/python3', isRequired: false });

    expect(() => python.command).toThrow('there is no /nowhere/python3');
    expect(python.describe).not.toBe(describe);
  });

  it('fail where nothing may be skipped', async () => {
    const python = preparePython({ interpreter: '/nowhere/python3', isRequired: true });

    await expect(python).rejects.toThrow(
      'CI needs Python with boto3 and moto: there is no /nowhere/python3',
    );
  });

  it('say what went wrong in the set-up', async () => {
    const python = await preparePython({ interpreter: '/bin/false', isRequired: false });

    expect(() => python.command).toThrow('boto3 and moto: ');
  });
});

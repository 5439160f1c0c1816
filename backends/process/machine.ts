import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { errorCode } from '../../lib/error-code.ts';
import { BackendUnavailableError } from '../../lib/errors.ts';

/** Where processes run: numbers of processes mean something only on this machine, in this boot. */
export interface Machine {
  /** The same after a restart of the machine. Instances with another one are `unknown` here. */
  readonly machineId: string;
  /** Another one after a restart of the machine, or of the container: each has its own process numbers. */
  readonly bootId: string;
}

/** This machine; throws `BackendUnavailableError` where there is no `/proc`: the process backend needs Linux. */
export function readMachine(): Machine {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return {
      machineId: readMachineId(),
      bootId: `${boot}/${readlinkSync('/proc/self/ns/pid')}`,
    };
  } catch (cause) {
    throw new BackendUnavailableError('reading /proc: the process backend needs Linux', { cause });
  }
}

/** machine-id(5); containers often have none, and are told apart by their host name. */
function readMachineId(): string {
  try {
    return readFileSync('/etc/machine-id', 'utf8').trim() || hostname();
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') {
      throw error;
    }
    return hostname();
  }
}

import { randomBytes } from 'node:crypto';
import type { Provisioning } from '../../cmd/wiring/leader.ts';
import type { EnvMutator } from '../../provisioning/env-mutators.ts';
import { MintedValues } from '../../provisioning/minted-values.ts';
import { InstallationKey } from '../../lib/installation-key.ts';
import type { SecretSnapshot } from '../../sources/source.ts';

/** The same in every process of a test. */
export const TEST_KEY = new InstallationKey(new Uint8Array(32).fill(7), randomBytes);

export type Secrets = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Secrets of every namespace, by name. */
export function secretSnapshot(secrets: Secrets = {}): SecretSnapshot {
  const revision = TEST_KEY.keyedHash(secrets);
  return {
    find: (_namespace, name) => {
      const values = secrets[name];
      return values === undefined
        ? { kind: 'problem', message: `secret ${name} does not exist` }
        : { kind: 'found', values };
    },
    global: () => ({ kind: 'found', values: {} }),
    revision: () => revision,
    keyedHash: (value) => TEST_KEY.keyedHash(value),
  };
}

export interface TestProvisioningOptions {
  /** By name, in every namespace; read anew in every pass. Default: none. */
  readonly secrets?: () => Secrets;
  /** Whether something answers at a declared address. Default: nothing does. */
  readonly askAddress?: Provisioning['askAddress'];
  /** Default: none. */
  readonly mutators?: readonly EnvMutator[];
}

/** A pipeline whose secrets may change between two passes, and what answers at declared addresses. */
export function testProvisioning({
  secrets = () => ({}),
  askAddress = () => Promise.resolve({ isAnswering: false }),
  mutators = [],
}: TestProvisioningOptions = {}): Provisioning {
  return {
    secrets: { snapshot: () => secretSnapshot(secrets()) },
    platformUrl: () => 'http://127.0.0.1:7070',
    pipeline: { mutators, minted: new MintedValues(), key: TEST_KEY, randomBytes },
    refuseUrl: () => undefined,
    askAddress,
  };
}

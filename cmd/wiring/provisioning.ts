import { randomBytes } from 'node:crypto';
import { systemClock } from '../../lib/clock.ts';
import { MintedValues } from '../../provisioning/minted-values.ts';
import type { Loop } from '../../runtime/supervised-loop.ts';
import { agentAddresses } from './agent-addresses.ts';
import { loadEnvMutators } from './env-mutators.ts';
import { claimInstallationKey, loadInstallationKey } from './installation-key.ts';
import type { Provisioning } from './leader.ts';
import type { Parts } from './parts.ts';
import { openSecrets, secretsLoop } from './secrets.ts';

export interface OpenProvisioning {
  readonly provisioning: Provisioning;
  /** Follows the secrets, in every process: who takes the lead has them at once. */
  readonly secretsLoop: Loop;
  /** Where the API listens, once that is known. */
  readonly setPlatformUrl: (url: string) => void;
  /** Whom to tell that secrets have changed. */
  readonly onSecretsChanged: (listener: () => void) => void;
}

/**
 * The key of the installation and the secrets, read once before anything is decided. Throws `CliError` for a key that is not the
 * one of this database.
 */
export async function openProvisioning({
  options,
  surroundings,
  database,
  installation,
  log,
}: Pick<
  Parts,
  'options' | 'surroundings' | 'database' | 'installation' | 'log'
>): Promise<OpenProvisioning> {
  const isDatabaseEmbedded = database.isEmbedded;
  const key = await loadInstallationKey({ ...options, isDatabaseEmbedded, log });
  if (installation.mismatch === undefined) {
    await claimInstallationKey(database.db, key);
  }
  let tell = (): void => undefined;
  const secrets = await openSecrets({
    ...{ key, log },
    secrets: options.secrets,
    clock: systemClock,
    onChange: () => {
      tell();
    },
  });
  const mutators = await loadEnvMutators({
    ...options,
    path: surroundings.path,
    clock: systemClock,
  });
  let platformUrl = options.publicUrl ?? '';
  return {
    provisioning: {
      secrets,
      platformUrl: () => platformUrl,
      pipeline: { mutators, minted: new MintedValues(), key, randomBytes },
      ...agentAddresses(options),
    },
    secretsLoop: secretsLoop(secrets),
    onSecretsChanged: (listener) => {
      tell = listener;
    },
    setPlatformUrl: (url) => {
      platformUrl = options.publicUrl ?? url;
    },
  };
}

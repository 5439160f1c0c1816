import type { Loop } from '../../runtime/supervised-loop.ts';
import { SecretsFolder, type SecretsFolderOptions } from '../../sources/secrets/secrets-folder.ts';

export interface SecretsRequest extends Omit<SecretsFolderOptions, 'folder' | 'watchFolder'> {
  /** `--secrets`, absolute; the default one need not exist. */
  readonly secrets: string;
}

/** Twenty looks without one that came to its end: the folder is on a disk that does not answer. */
const STALE_AFTER_SECONDS = 20;

/** The secrets folder, read once: `snapshot` answers what is there. `secretsLoop` follows it from here on. */
export async function openSecrets({ secrets, ...options }: SecretsRequest): Promise<SecretsFolder> {
  const folder = new SecretsFolder({ ...options, folder: secrets });
  await folder.load();
  return folder;
}

/** Runs on every controller, leading or not: each of them shows and compares what it reads itself. */
export function secretsLoop(secrets: SecretsFolder): Loop {
  return {
    name: 'secrets',
    run: (signal, tick) => secrets.run(signal, tick),
    staleAfterSeconds: STALE_AFTER_SECONDS,
  };
}

import { CREDENTIAL_SHAPE } from './credentials.ts';
import type { Merged } from './draft.ts';
import { MASK, maskValues } from './mask-values.ts';
import { readWhatIsThere } from './read-env.ts';

/**
 * What an agent wrote, without the values of the secrets that its declaration gives it, those that mutators added as far as they are
 * known, and whatever looks like its own credentials: people read it in status and activity. Pure.
 */
export function maskSecrets(
  text: string,
  { merged, record, secrets }: Pick<Merged, 'merged' | 'record' | 'secrets'>,
  minted: readonly string[] = [],
): string {
  const env = merged.env.filter(({ valueFrom }) => valueFrom !== undefined);
  const given = readWhatIsThere({ env, envFrom: merged.envFrom }, record.namespace, secrets);
  return maskValues(text, [...Object.values(given.env), ...minted]).replaceAll(
    CREDENTIAL_SHAPE,
    MASK,
  );
}

import { CREDENTIAL_SHAPE } from './credentials.ts';
import type { Merged } from './draft.ts';
import { MASK, maskValues } from './mask-values.ts';
import { readWhatIsThere } from './read-env.ts';

/**
 * What an agent wrote, without the values of the secrets that its declaration gives it, and without whatever looks like its own
 * credentials: people read it in status and activity. What mutators added is not known here. Pure.
 */
export function maskSecrets(
  text: string,
  { merged, record, secrets }: Pick<Merged, 'merged' | 'record' | 'secrets'>,
): string {
  const env = merged.env.filter(({ valueFrom }) => valueFrom !== undefined);
  const given = readWhatIsThere({ env, envFrom: merged.envFrom }, record.namespace, secrets);
  return maskValues(text, Object.values(given.env)).replaceAll(CREDENTIAL_SHAPE, MASK);
}

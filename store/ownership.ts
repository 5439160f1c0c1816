import { ReconcileError } from '../lib/errors.ts';

/** Sets whose manifests are the truth: an edit here would be undone by the next look at them. */
const SETS_OF_SOURCES: ReadonlySet<string> = new Set(['directory', 'kubernetes']);

interface Owned {
  readonly applySet: string;
  readonly ownerUid?: string | null | undefined;
  readonly origin?: string | null | undefined;
}

/** False for what a folder, Kubernetes or an Org declares: their specs change there, and they are deleted there. */
export function isEditable({ applySet, ownerUid }: Owned): boolean {
  return (ownerUid ?? null) === null && !SETS_OF_SOURCES.has(applySet);
}

/** The record belongs to a source; it is edited and deleted there. */
export class OwnedBySourceError extends ReconcileError {
  readonly set: string;
  /** `file:line`, where the set has files. */
  readonly origin: string | undefined;

  constructor(message: string, set: string, origin: string | undefined) {
    super(message, 'OwnedBySource', { kind: 'drop' });
    this.set = set;
    this.origin = origin;
  }
}

/** Throws `OwnedBySourceError` unless `record` may be edited and deleted through the API. */
export function assertEditable(record: Owned & { readonly name: string }): void {
  if (!isEditable(record)) {
    const origin = record.origin ?? undefined;
    const place = origin === undefined ? '' : ` (${origin})`;
    throw new OwnedBySourceError(
      `${record.name} belongs to apply set ${record.applySet}${place}; change it there`,
      record.applySet,
      origin,
    );
  }
}

import type { DirectorySourceOptions } from '../../../sources/directory/options.ts';
import type { MemoryStore } from './memory-store.ts';

type Given = Pick<DirectorySourceOptions, 'folder' | 'clock'> & Partial<DirectorySourceOptions>;

/** Everything a directory source needs, on a store in memory and without a log. */
export function sourceOptions(store: MemoryStore, given: Given): DirectorySourceOptions {
  return {
    applySetName: 'directory',
    apply: (declarations, remove) => store.apply(declarations, remove),
    listOwned: () => store.listOwned(),
    saveState: (state) => store.saveState(state),
    readState: () => store.readState(),
    readConfirmedDigest: () => store.readConfirmedDigest(),
    log: { info: () => undefined, warn: () => undefined },
    onApplied: () => undefined,
    ...given,
  };
}

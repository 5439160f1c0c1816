import { describeDeclaration, type Declaration } from '../../../api/objects.ts';
import type { DirectoryStore } from '../../../sources/directory/options.ts';
import type { OwnedObject, SourceState } from '../../../sources/source.ts';
import type { ObjectResult } from '../../../store/apply-result.ts';
import type { ObjectRef } from '../../../store/object-ref.ts';

const EMPTY: SourceState = { state: 'Active', problems: [], heldDigest: null, heldDeletions: [] };

/** The store as a directory source sees it, in memory: it survives the source, as a database does. */
export class MemoryStore implements DirectoryStore {
  /** Owned by the set, by `Kind namespace/name`. */
  readonly objects = new Map<string, Declaration>();
  /** Owned by somebody else: refused. */
  readonly foreign = new Set<string>();
  /** Every call of `apply`, as names. */
  readonly applied: { readonly declared: string[]; readonly removed: string[] }[] = [];
  state: SourceState = EMPTY;
  confirmedDigest: string | undefined;
  /** Called whenever `listOwned` answers: once for every complete look. */
  onListed: () => void = () => undefined;
  /** Thrown by every function while it is set. */
  outage: Error | undefined;
  /** Called before each removal takes effect. */
  onRemove: (ref: ObjectRef) => void = () => undefined;

  get names(): string[] {
    return [...this.objects.values()].map(({ name }) => name).sort();
  }

  get removed(): string[] {
    return this.applied.flatMap(({ removed }) => removed).sort();
  }

  async apply(
    declarations: readonly Declaration[],
    remove: readonly ObjectRef[],
  ): Promise<readonly ObjectResult[]> {
    await this.#answer();
    this.applied.push({
      declared: declarations.map(({ name }) => name).sort(),
      removed: remove.map(({ name }) => name).sort(),
    });
    return [
      ...declarations.map((one) => this.#declare(one)),
      ...remove.map((one) => this.#remove(one)),
    ];
  }

  async listOwned(): Promise<readonly OwnedObject[]> {
    await this.#answer();
    this.onListed();
    return [...this.objects.values()].map(({ kind, namespace, name, origin }) => ({
      kind,
      namespace,
      name,
      origin: origin ?? null,
    }));
  }

  async saveState(state: SourceState): Promise<void> {
    await this.#answer();
    this.state = state;
    this.confirmedDigest = state.state === 'Active' ? undefined : this.confirmedDigest;
  }

  async readState(): Promise<SourceState['state'] | undefined> {
    await this.#answer();
    return this.state.state;
  }

  async readConfirmedDigest(): Promise<string | undefined> {
    await this.#answer();
    return this.confirmedDigest;
  }

  #declare(declaration: Declaration): ObjectResult {
    const key = describeDeclaration(declaration);
    if (this.foreign.has(key)) {
      const message = 'belongs to apply set cli';
      return { ...toRef(declaration), result: 'refused', reason: 'NameConflict', message };
    }
    const result = this.objects.has(key) ? 'configured' : 'created';
    this.objects.set(key, declaration);
    return { ...toRef(declaration), result };
  }

  #remove(ref: ObjectRef): ObjectResult {
    this.onRemove(ref);
    this.objects.delete(describeDeclaration({ ...ref }));
    return { ...toRef(ref), result: 'deleted' };
  }

  async #answer(): Promise<void> {
    await Promise.resolve();
    if (this.outage !== undefined) {
      throw this.outage;
    }
  }
}

function toRef({ kind, namespace, name }: ObjectRef): ObjectRef & { readonly uid: string } {
  return { kind, namespace, name, uid: `uid of ${name}` };
}

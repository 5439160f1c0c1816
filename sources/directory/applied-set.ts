import { describeDeclaration, type Declaration } from '../../api/objects.ts';
import type { ObjectResult } from '../../store/apply-result.ts';
import type { OwnedObject } from '../source.ts';
import type { DirectoryStore } from './options.ts';
import { planChanges, type Answer } from './plan-changes.ts';

/** What the store holds of this apply set, as far as it has answered. Keys as of `describeDeclaration`. */
export class AppliedSet {
  readonly #store: Pick<DirectoryStore, 'apply' | 'listOwned'>;
  #owned = new Map<string, OwnedObject>();
  readonly #answers = new Map<string, Answer>();
  readonly #refusals = new Map<string, string>();

  constructor(store: Pick<DirectoryStore, 'apply' | 'listOwned'>) {
    this.#store = store;
  }

  get owned(): ReadonlyMap<string, OwnedObject> {
    return this.#owned;
  }

  /** One line for each object that the store refused. */
  get refusals(): readonly string[] {
    return [...this.#refusals.values()].sort();
  }

  /** Asks the store: others change it too, and a backup may have been restored. */
  async refresh(): Promise<void> {
    const owned = await this.#store.listOwned();
    this.#owned = new Map(owned.map((object) => [describeDeclaration(object), object]));
  }

  /** Applies what the store may not have, and removes; answers [] without a call when there is nothing to do. */
  async apply(
    declared: ReadonlyMap<string, Declaration>,
    removeKeys: readonly string[],
    isComplete: boolean,
  ): Promise<readonly ObjectResult[]> {
    this.#forgetUndeclared(declared);
    const changes = planChanges({
      declared,
      answers: this.#answers,
      owned: this.#owned,
      isComplete,
    });
    const removed = removeKeys.flatMap((key) => this.#owned.get(key) ?? []);
    if (changes.length === 0 && removed.length === 0) {
      return [];
    }
    const results = await this.#store.apply(
      changes,
      removed.map(({ kind, namespace, name }) => ({ kind, namespace, name })),
    );
    results.forEach((result) => {
      this.#record(result, declared.get(describeDeclaration(result)));
    });
    return results;
  }

  /** So that what is declared again later is applied again. */
  #forgetUndeclared(declared: ReadonlyMap<string, Declaration>): void {
    for (const key of this.#answers.keys()) {
      if (!declared.has(key)) {
        this.#answers.delete(key);
      }
    }
    for (const key of this.#refusals.keys()) {
      if (!declared.has(key) && !this.#owned.has(key)) {
        this.#refusals.delete(key);
      }
    }
  }

  #record(result: ObjectResult, declaration: Declaration | undefined): void {
    const key = describeDeclaration(result);
    const isRefused = result.result === 'refused';
    if (isRefused) {
      this.#refusals.set(key, describeRefusal(result, declaration));
    } else {
      this.#refusals.delete(key);
    }
    if (declaration !== undefined) {
      this.#answers.set(key, { declaration, isRefused });
    }
    if (result.result === 'deleted') {
      this.#owned.delete(key);
    } else if (!isRefused) {
      this.#owned.set(key, { ...toRef(result), origin: declaration?.origin ?? null });
    }
  }
}

function toRef({ kind, namespace, name }: ObjectResult): Omit<OwnedObject, 'origin'> {
  return { kind, namespace, name };
}

function describeRefusal(result: ObjectResult, declaration: Declaration | undefined): string {
  const place = declaration?.origin === undefined ? '' : `${declaration.origin}: `;
  const what = declaration === undefined ? 'removing ' : '';
  const why = result.message ?? 'refused';
  return `${place}${result.reason ?? 'Refused'}: ${what}${describeDeclaration(result)}: ${why}`;
}

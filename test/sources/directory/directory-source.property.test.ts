import { rename } from 'node:fs/promises';
import fc from 'fast-check';
import { expect, it } from '@jest/globals';
import { FolderHarness } from './folder-harness.ts';
import { workspaceYaml } from './temporary-folder.ts';

const FILES = ['a.yaml', 'b.yaml', 'sub/c.yaml'] as const;
const NAMES = ['v', 'w', 'x', 'y', 'z'] as const;
const BROKEN = 'kind: [';
const SECOND_LOOK_MS = 5000;

type Step =
  | { readonly kind: 'write'; readonly file: string; readonly names: readonly string[] }
  | { readonly kind: 'break' | 'delete'; readonly file: string }
  | { readonly kind: 'rename'; readonly file: string; readonly to: string }
  | { readonly kind: 'pass'; readonly seconds: number }
  | { readonly kind: 'restart' | 'outage' | 'recover' };

/** What lies on disk: the names each file declares, or `undefined` where it is broken. */
class Model {
  readonly harness: FolderHarness;
  readonly files = new Map<string, readonly string[] | undefined>();
  /** When each name was lacked, look after look since it was last seen; milliseconds. */
  readonly #lackedAtMs = new Map<string, readonly number[]>();
  readonly violations: string[] = [];
  #writes = 0;

  constructor(harness: FolderHarness) {
    this.harness = harness;
    harness.store.onListed = () => {
      this.#noteLook();
    };
    harness.store.onRemove = ({ name }) => {
      this.#checkRemoval(name);
    };
  }

  get declared(): string[] {
    return [...this.files.values()].flatMap((names) => names ?? []).sort();
  }

  async take(step: Step): Promise<void> {
    switch (step.kind) {
      case 'write':
        await this.write(step.file, step.names);
        break;
      case 'break':
        await this.#put(step.file, BROKEN);
        this.files.set(step.file, undefined);
        break;
      case 'delete':
        await this.#delete(step.file);
        break;
      case 'rename':
        await this.#rename(step.file, step.to);
        break;
      case 'pass':
        await this.harness.pass(step.seconds);
        break;
      case 'restart':
        await this.harness.restart();
        break;
      case 'outage':
        this.harness.store.outage = new Error('no connection');
        break;
      case 'recover':
        this.harness.store.outage = undefined;
        break;
    }
  }

  async write(file: string, names: readonly string[]): Promise<void> {
    await this.#put(file, workspaceYaml(...names));
    this.files.set(file, names);
  }

  async #put(file: string, content: string): Promise<void> {
    // No two writes have the same size: the stamp of a file may have steps of milliseconds.
    this.#writes += 1;
    await this.harness.folder.write(file, `${content}\n${'#'.repeat(this.#writes)}\n`);
  }

  async #delete(file: string): Promise<void> {
    await (this.files.has(file) ? this.harness.folder.remove(file) : Promise.resolve());
    this.files.delete(file);
  }

  async #rename(file: string, to: string): Promise<void> {
    const isPossible = this.files.has(file) && this.files.has(to) && file !== to;
    const { folder } = this.harness;
    await (isPossible ? rename(folder.at(file), folder.at(to)) : Promise.resolve());
    const moved = isPossible ? [[to, this.files.get(file)] as const] : [];
    moved.forEach(([path, names]) => {
      this.files.delete(file);
      this.files.set(path, names);
    });
  }

  /** The store is asked what it holds once in every look, after the files were read. */
  #noteLook(): void {
    const declared = new Set(this.declared);
    for (const name of NAMES) {
      const before = this.#lackedAtMs.get(name) ?? [];
      const now = this.harness.clock.monotonicMs();
      this.#lackedAtMs.set(name, declared.has(name) ? [] : [...before, now]);
    }
  }

  #checkRemoval(name: string): void {
    const looks = this.#lackedAtMs.get(name) ?? [];
    const apartMs = (looks.at(-1) ?? 0) - (looks[0] ?? 0);
    const found = [
      { isTrue: [...this.files.values()].includes(undefined), what: 'while a file is broken' },
      { isTrue: this.declared.includes(name), what: 'although it is declared' },
      { isTrue: apartMs < SECOND_LOOK_MS, what: `with looks ${apartMs} ms apart` },
      { isTrue: this.declared.length === 0, what: 'when nothing remains' },
    ];
    this.violations.push(
      ...found.filter(({ isTrue }) => isTrue).map(({ what }) => `${name} removed ${what}`),
    );
  }
}

const file = fc.constantFrom(...FILES);
const names = fc.uniqueArray(fc.constantFrom(...NAMES), { maxLength: 4 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('write' as const), file, names }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constantFrom('break', 'delete'), file }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('rename' as const), file, to: file }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('pass' as const),
      seconds: fc.constantFrom(1, 4, 31, 37),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('outage', 'recover') }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('restart' as const) }) },
);

it('never removes on a guess, and ends in what is declared, whatever happens to the files', async () => {
  const property = fc.asyncProperty(fc.array(step, { maxLength: 15 }), async (steps) => {
    await using harness = await FolderHarness.start();
    const model = new Model(harness);
    const beginning: readonly Step[] = [
      { kind: 'write', file: 'a.yaml', names: ['v', 'w'] },
      { kind: 'write', file: 'b.yaml', names: ['x', 'y'] },
      { kind: 'write', file: 'sub/c.yaml', names: ['z'] },
      { kind: 'pass', seconds: 31 },
    ];
    for (const one of [...beginning, ...steps]) {
      await model.take(one);
    }

    // Whatever was left behind, each name is now declared once or not at all.
    await model.take({ kind: 'recover' });
    await model.write('a.yaml', ['v', 'w']);
    await model.write('b.yaml', ['x']);
    await model.write('sub/c.yaml', []);
    await harness.pass(70);
    harness.store.confirmedDigest = harness.store.state.heldDigest ?? undefined;
    await harness.pass(10);

    expect(model.violations).toEqual([]);
    expect(harness.store.names).toEqual(['v', 'w', 'x']);
    expect(harness.store.state).toMatchObject({ state: 'Active', problems: [] });
  });

  await fc.assert(property, { numRuns: 150 });
}, 120_000);

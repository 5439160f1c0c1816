import type { Declaration, DeclarationOf } from '../../api/objects.ts';
import { workspace } from '../support/manifests.ts';
import type { Secrets } from '../support/provisioning.ts';
import { ClassModel } from './class-model.ts';
import { NAMES, type Name, type Sequence, type Step } from './step.ts';
import type { Expected } from './world.ts';

/** What people want of one workspace. */
interface Wish {
  readonly parent: Name | null;
  readonly isPaused: boolean;
  readonly isFolded: boolean;
  readonly isExternal: boolean;
  /** Declared Hibernated; `woken`: since then somebody asked for it, before or after it slept. */
  readonly rest: 'none' | 'declared' | 'woken';
  /** Asked to hibernate, and not to wake since. */
  readonly isSentToSleep: boolean;
  /** It hibernates when it is idle, or did: then it may sleep until somebody wakes it. */
  readonly doze: 'never' | 'now' | 'before';
  readonly version: number;
  readonly tier: number;
}

/**
 * Where a place in the tree is not accepted, the status says that and nothing else: `idle` does not run, because it is
 * paused; `anything` is left as it was. A wish to wake may come before or after what it is to end.
 */
export type Outcome = Expected | 'idle' | 'anything' | 'hibernated or running';

const FIRST_WISH: Wish = {
  ...{ parent: null, isPaused: false, isFolded: false, isExternal: false },
  ...{ rest: 'none', isSentToSleep: false, doze: 'never', version: 1, tier: 2 },
};

/** What every workspace is made from, beside its own spec. */
const SHARED = 'shared';

/** What people have declared so far: all that decides how the world should be in the end. */
export class Model {
  readonly #wishes = new Map<Name, Wish>();
  readonly #class: ClassModel;
  #secretVersion = 1;
  #isSecretHidden = false;
  #templateVersion = 1;

  constructor({ start, readiness }: Pick<Sequence, 'start' | 'readiness'>) {
    this.#class = new ClassModel(readiness);
    start.forEach(([name, parent]) => this.#wishes.set(name, { ...FIRST_WISH, parent }));
  }

  /** Changes what is wanted; false when the step says nothing about that. */
  follow(step: Step): boolean {
    switch (step.do) {
      case 'declare':
        return this.#set(step.name, { ...this.#wish(step.name), parent: step.parent });
      case 'delete':
        this.#wishes.delete(step.name);
        return true;
      case 'redraft':
        this.#templateVersion += 1;
        return true;
      case 'apply':
        return true;
      default:
        return this.#class.follow(step) || ('name' in step && this.#edit(step.do, step.name));
    }
  }

  /** Some may have to wait for room: they ask for it every ten seconds, and never come to rest. */
  get isRationed(): boolean {
    return this.#class.declaration().spec.quota !== undefined;
  }

  /** A secret changes past all declarations; false when the step says nothing about it. */
  followSecret({ do: what }: Step): boolean {
    this.#secretVersion += Number(what === 'rotate');
    this.#isSecretHidden = what === 'hide' || (this.#isSecretHidden && what !== 'show');
    return what === 'rotate' || what === 'hide' || what === 'show';
  }

  /** Somebody asks for something past its declaration; false when the API refuses that. */
  ask(what: Step['do'], name: Name): boolean {
    const { isExternal } = this.#wish(name);
    // Nobody here can stop an agent that runs elsewhere.
    return !isExternal && this.#change(name, ASKED[what] ?? (() => ({})));
  }

  #edit(what: Step['do'], name: Name): boolean {
    const edit = EDITS[what];
    return (
      edit !== undefined &&
      this.#change(name, (wish) => {
        // Each generation is put to sleep once; folding makes no other one.
        const isRestedAgain = wish.rest === 'woken' && what !== 'fold';
        return { ...(isRestedAgain && { rest: 'declared' }), ...edit(wish) };
      })
    );
  }

  /** By name, as a `SecretReader` has them. */
  secrets(): Secrets {
    return this.#isSecretHidden ? {} : { [SHARED]: { PASSWORD: `version ${this.#secretVersion}` } };
  }

  declarations(): readonly Declaration[] {
    const declared = [...this.#wishes].map(([name, wish]) =>
      workspace({
        name,
        tier: wish.tier,
        env: [{ name: 'VERSION', value: String(wish.version) }],
        templateRef: { name: SHARED },
        envFrom: [{ secretRef: { name: SHARED } }],
        ...(wish.rest !== 'none' && !wish.isExternal && { desiredState: 'Hibernated' as const }),
        ...(wish.isPaused && { desiredState: 'Paused' as const }),
        ...(wish.isExternal && { external: {} }),
        ...(wish.doze === 'now' && { hibernateAfter: `${DOZE_AFTER_SECONDS}s` }),
        ...(wish.isFolded && { collapsed: true }),
        ...(wish.parent !== null && { parentRef: { name: wish.parent } }),
      }),
    );
    return [this.#class.declaration(), this.template(), ...declared];
  }

  workspaceClass(): DeclarationOf<'WorkspaceClass'> {
    return this.#class.declaration();
  }

  template(): DeclarationOf<'WorkspaceTemplate'> {
    const metadata = { namespace: 'default', name: SHARED, labels: {}, annotations: {} };
    const env = [{ name: 'TEMPLATE', value: String(this.#templateVersion) }];
    return { kind: 'WorkspaceTemplate', ...metadata, spec: { env } };
  }

  /** Seconds until nothing changes by itself any more. */
  get secondsToRest(): number {
    const wishes = [...this.#wishes.values()];
    if (wishes.some(({ doze }) => doze === 'now')) {
      return DOZE_AFTER_SECONDS;
    }
    const isSomeoneToRest = wishes.some(
      ({ rest, isSentToSleep }) => rest !== 'none' || isSentToSleep,
    );
    return isSomeoneToRest ? HEARTBEAT_SECONDS : 0;
  }

  /** How each workspace must be when nothing happens any more. */
  expected(): ReadonlyMap<Name, Outcome> {
    return new Map(NAMES.map((name) => [name, this.#expectedOf(name)]));
  }

  #expectedOf(name: Name): Outcome {
    if (!this.#wishes.has(name)) {
      return 'absent';
    }
    const { chain, isAccepted } = this.#lineage(name);
    if (chain.some((one) => this.#wish(one).isPaused)) {
      return isAccepted ? 'paused' : 'idle';
    }
    if (!isAccepted) {
      return 'anything';
    }
    return this.#isSecretHidden ? 'anything' : this.#stateOf(this.#wish(name));
  }

  #stateOf({ isExternal, rest, isSentToSleep, doze }: Wish): Outcome {
    if (isExternal) {
      return 'elsewhere';
    }
    if (isSentToSleep || doze === 'now' || rest === 'declared') {
      return 'hibernated';
    }
    return rest === 'woken' || doze === 'before' ? 'hibernated or running' : 'running';
  }

  /** The workspace and its ancestors; not accepted when its parent does not exist, or a cycle is among them. */
  #lineage(name: Name): { readonly chain: readonly Name[]; readonly isAccepted: boolean } {
    const chain: Name[] = [];
    let next: Name | null = name;
    while (next !== null && this.#wishes.has(next) && !chain.includes(next)) {
      chain.push(next);
      next = this.#wish(next).parent;
    }
    const isAccepted = next === null || (!chain.includes(next) && chain.length > 1);
    return { chain, isAccepted };
  }

  #wish(name: Name): Wish {
    return this.#wishes.get(name) ?? FIRST_WISH;
  }

  #change(name: Name, change: (wish: Wish) => Partial<Wish>): boolean {
    const wish = this.#wishes.get(name);
    return wish !== undefined && this.#set(name, { ...wish, ...change(wish) });
  }

  #set(name: Name, wish: Wish): boolean {
    this.#wishes.set(name, wish);
    return true;
  }
}

/** Of those that hibernate when they are idle. */
const DOZE_AFTER_SECONDS = 300;
/** Whoever was busy has said by then that it is done. */
const HEARTBEAT_SECONDS = 30;

/** What people edit in a declaration. */
const EDITS: Partial<Record<Step['do'], (wish: Wish) => Partial<Wish>>> = {
  edit: ({ version }) => ({ version: version + 1 }),
  resize: ({ tier }) => ({ tier: (tier % 4) + 1 }),
  pause: () => ({ isPaused: true }),
  resume: () => ({ isPaused: false, rest: 'none' }),
  rest: () => ({ isPaused: false, rest: 'declared' }),
  move: ({ isExternal }) => ({ isExternal: !isExternal }),
  doze: ({ doze }) => ({ doze: doze === 'now' ? 'before' : 'now' }),
  fold: ({ isFolded }) => ({ isFolded: !isFolded }),
};

/** What people ask for past declarations. */
const ASKED: typeof EDITS = {
  hibernate: () => ({ isSentToSleep: true }),
  wake: ({ rest, doze }) => ({
    isSentToSleep: false,
    rest: rest === 'none' ? 'none' : 'woken',
    doze: doze === 'now' ? 'now' : 'never',
  }),
};

import { inTransaction } from '../../store/db.ts';
import { pauseRollout, resumeRollout } from '../../store/rollout-words.ts';
import { setRequests, wakeRequest, type RequestChange } from '../../store/edit-workspace.ts';
import type { Harness } from '../support/harness.ts';
import type { Model } from './model.ts';
import type { Name, Step } from './step.ts';

/** What people want, in declarations and past them: the model learns of it, and the database. */
export class Wishes {
  readonly #harness: Harness;
  readonly #model: Model;
  #requests = 0;

  constructor(harness: Harness, model: Model) {
    this.#harness = harness;
    this.#model = model;
  }

  /** Does what the step says; false when it is no wish. */
  async follow(step: Step): Promise<boolean> {
    if (this.#model.followSecret(step)) {
      return true;
    }
    if (this.#model.follow(step)) {
      await this.#harness.apply(...this.#model.declarations());
      return true;
    }
    return 'name' in step ? await this.#ask(step.do, step.name) : await this.#sayOfRollouts(step);
  }

  async #sayOfRollouts({ do: what }: Step): Promise<boolean> {
    const word = WORDS[what];
    if (word !== undefined) {
      await inTransaction(this.#harness.db, (tx) => word(tx, CLASS, 'ada'));
    }
    return word !== undefined;
  }

  async #ask(what: Step['do'], name: Name): Promise<boolean> {
    const toRequests = REQUESTS[what];
    if (toRequests === undefined) {
      return false;
    }
    this.#requests += 1;
    const uid = await this.#findUid(name);
    if (uid !== undefined && this.#model.ask(what, name)) {
      const requests = toRequests(String(this.#requests));
      await inTransaction(this.#harness.db, (tx) => setRequests(tx, uid, requests));
    }
    return true;
  }

  /** Of a record that is not being deleted: nobody can ask anything of another. */
  async #findUid(name: Name): Promise<string | undefined> {
    const found = await this.#harness.db
      .selectFrom('workspaces')
      .select('uid')
      .where('name', '=', name)
      .where('deletion_requested_at', 'is', null)
      .executeTakeFirst();
    return found?.uid;
  }
}

/** The class of every sequence. */
const CLASS = { kind: 'WorkspaceClass', namespace: '', name: 'local' } as const;

/** What people say of the rollouts of the class. */
const WORDS: Partial<Record<Step['do'], typeof pauseRollout>> = {
  halt: pauseRollout,
  proceed: resumeRollout,
};

/** What is asked for past the declaration, as the API stores it. */
const REQUESTS: Partial<Record<Step['do'], (at: string) => RequestChange>> = {
  restart: (restartRequestedAt) => ({ restartRequestedAt }),
  reset: (at) => ({ restartRequestedAt: at, resetSessionAt: at }),
  hibernate: (hibernateRequestedAt) => ({ hibernateRequestedAt }),
  wake: wakeRequest,
};

import type { DeclarationOf } from '../../api/objects.ts';
import { processClass } from '../support/manifests.ts';
import type { Sequence, Step } from './step.ts';

/** The one class of a sequence, as people have declared it so far. */
export class ClassModel {
  readonly #readiness: Sequence['readiness'];
  #mostWorkspaces: number | null = null;
  #mostUnavailable = 1;

  constructor(readiness: Sequence['readiness']) {
    this.#readiness = readiness;
  }

  /** False when the step says nothing about the class. */
  follow(step: Step): boolean {
    switch (step.do) {
      case 'ration':
        this.#mostWorkspaces = step.most;
        return true;
      case 'bound':
        this.#mostUnavailable = step.most;
        return true;
      default:
        return false;
    }
  }

  declaration(): DeclarationOf<'WorkspaceClass'> {
    return processClass({
      readiness: this.#readiness,
      rollout: { maxUnavailable: this.#mostUnavailable },
      ...(this.#mostWorkspaces !== null && { quota: { maxWorkspaces: this.#mostWorkspaces } }),
    });
  }
}

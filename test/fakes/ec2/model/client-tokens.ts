import type { Ec2Instance } from './instance.ts';

interface Use {
  readonly fingerprint: string;
  readonly instances: readonly Ec2Instance[];
}

/**
 * Which launch used which ClientToken. A token is regional; with a subnet or zone it is zonal, so that the same token in
 * another zone is another launch (EC2 developer guide, "Ensuring idempotency").
 */
export class ClientTokens {
  readonly #uses = new Map<string, Use>();

  find(scope: string): Use | undefined {
    return this.#uses.get(scope);
  }

  remember(scope: string, use: Use): void {
    this.#uses.set(scope, use);
  }

  /** Forgets it once nothing of that launch is left. */
  forget(scope: string): void {
    if (this.#uses.get(scope)?.instances.every(({ state }) => state === 'terminated') === true) {
      this.#uses.delete(scope);
    }
  }
}

/** `zone` undefined: the launch named neither subnet nor zone. */
export function tokenScope(token: string, zone: string | undefined): string {
  return `${zone ?? ''}|${token}`;
}

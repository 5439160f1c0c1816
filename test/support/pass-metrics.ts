import { createMetrics, type Metrics } from '../../lib/metrics.ts';

/** Metrics that also tell when a pass has ended, so that a test can wait for it without asking again and again. */
export class PassMetrics {
  readonly metrics: Metrics;
  #passEnd = Promise.withResolvers<undefined>();

  constructor() {
    const metrics = createMetrics();
    this.metrics = {
      ...metrics,
      controller: (name) => {
        const inner = metrics.controller(name);
        return {
          reconciled: (outcome, seconds) => {
            inner.reconciled(outcome, seconds);
            this.#passEnd.resolve(undefined);
            this.#passEnd = Promise.withResolvers<undefined>();
          },
        };
      },
    };
  }

  /** Resolves when the next pass of any leader ends. */
  nextPassEnd(): Promise<undefined> {
    return this.#passEnd.promise;
  }
}

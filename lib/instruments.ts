import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** Counts what happens; `L` names the labels and the values each may have. */
export interface CounterBy<L> {
  inc(labels: L): void;
}

/** Shows a number as it is now, one for each combination of labels. */
export interface GaugeBy<L> {
  set(labels: L, value: number): void;
  /** Takes out every combination of labels, before they are set anew. */
  reset(): void;
}

/** Sorts durations into buckets. */
export interface HistogramBy<L> {
  observe(labels: L, seconds: number): void;
}

export interface PlainCounter {
  inc(): void;
}

export interface PlainGauge {
  set(value: number): void;
}

export interface HistogramOptions<L> {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly LabelName<L>[];
  /** Upper bounds in seconds. */
  readonly buckets: readonly number[];
}

type LabelName<L> = keyof L & string;
type LabelsOf<L> = Readonly<Record<keyof L, string>>;

/** Makes prom-client's instruments in one registry, with labels that the compiler checks. */
export class Instruments {
  readonly #registers: [Registry];

  constructor(registry: Registry) {
    this.#registers = [registry];
  }

  plainCounter(name: string, help: string): PlainCounter {
    return new Counter({ name, help, registers: this.#registers });
  }

  plainGauge(name: string, help: string): PlainGauge {
    return new Gauge({ name, help, registers: this.#registers });
  }

  counter<L extends LabelsOf<L>>(
    name: string,
    help: string,
    labelNames: readonly LabelName<L>[],
  ): CounterBy<L> {
    return new Counter<LabelName<L>>({ name, help, labelNames, registers: this.#registers });
  }

  gauge<L extends LabelsOf<L>>(
    name: string,
    help: string,
    labelNames: readonly LabelName<L>[],
  ): GaugeBy<L> {
    return new Gauge<LabelName<L>>({ name, help, labelNames, registers: this.#registers });
  }

  histogram<L extends LabelsOf<L>>(options: HistogramOptions<L>): HistogramBy<L> {
    const { name, help, labels, buckets } = options;
    return new Histogram<LabelName<L>>({
      name,
      help,
      labelNames: labels,
      buckets: [...buckets],
      registers: this.#registers,
    });
  }
}

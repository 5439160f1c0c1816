import { monitorEventLoopDelay } from 'node:perf_hooks';

/** How late timers ran, in seconds: the median, the 99th percentile and the worst, by quantile. */
export type EventLoopLag = Readonly<Record<'0.5' | '0.99' | '1', number>>;

/** How often the event loop is sampled: fine enough for lags worth knowing, 100 samples a second cost nothing. */
const RESOLUTION_MS = 10;

/**
 * Measures the lag of the event loop until `close`; `take` tells the lag since the last `take`, but for its first
 * sample: the histogram forgets when it last looked.
 */
export function measureEventLoopLag(): { take(): EventLoopLag; close(): void } {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  histogram.enable();
  // The histogram holds the nanoseconds between two samples, which are RESOLUTION_MS apart without any lag.
  const lagSeconds = (nanoseconds: number): number =>
    Math.max(nanoseconds / 1e9 - RESOLUTION_MS / 1e3, 0);
  return {
    take() {
      const lag = {
        '0.5': lagSeconds(histogram.percentile(50)),
        '0.99': lagSeconds(histogram.percentile(99)),
        '1': lagSeconds(histogram.max),
      };
      histogram.reset();
      return lag;
    },
    close() {
      histogram.disable();
    },
  };
}

import type { Backend } from '../../backends/backend.ts';
import type { Metrics } from '../../lib/metrics.ts';

type Requests = Pick<Metrics, 'backendRequests'>;

/** The same backend, whatever methods it has; every call that asks the provider is counted by operation and outcome. */
export function measuredBackend(name: string, backend: Backend, metrics: Requests): Backend {
  return new Proxy(backend, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property, target);
      if (typeof value !== 'function') {
        return value;
      }
      return (...parameters: readonly unknown[]): unknown => {
        const answer: unknown = Reflect.apply(value, target, parameters);
        const operation = String(property);
        return answer instanceof Promise
          ? count({ backend: name, operation }, answer as Promise<unknown>, metrics)
          : answer;
      };
    },
  });
}

async function count(
  labels: { readonly backend: string; readonly operation: string },
  call: Promise<unknown>,
  { backendRequests }: Requests,
): Promise<unknown> {
  try {
    const answer = await call;
    backendRequests.inc({ ...labels, code: 'ok' });
    return answer;
  } catch (error) {
    backendRequests.inc({ ...labels, code: error instanceof Error ? error.name : 'unknown' });
    throw error;
  }
}

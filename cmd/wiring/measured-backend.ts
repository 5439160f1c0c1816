import type { Backend } from '../../backends/backend.ts';
import type { Metrics } from '../../lib/metrics.ts';

/** The same backend; every call is counted by operation and outcome. */
export function measuredBackend(
  name: string,
  backend: Backend,
  { backendRequests }: Pick<Metrics, 'backendRequests'>,
): Backend {
  const count = async <T>(operation: string, call: Promise<T>): Promise<T> => {
    try {
      const answer = await call;
      backendRequests.inc({ backend: name, operation, code: 'ok' });
      return answer;
    } catch (error) {
      const code = error instanceof Error ? error.name : 'unknown';
      backendRequests.inc({ backend: name, operation, code });
      throw error;
    }
  };
  return {
    settleSeconds: backend.settleSeconds,
    callLifetimeSeconds: backend.callLifetimeSeconds,
    keepsState: backend.keepsState,
    list: () => count('list', backend.list()),
    find: (id) => count('find', backend.find(id)),
    findByToken: (token) => count('findByToken', backend.findByToken(token)),
    resolve: (request) => count('resolve', backend.resolve(request)),
    launch: (intent, bundle) => count('launch', backend.launch(intent, bundle)),
    stop: (id) => count('stop', backend.stop(id)),
    start: (id, bundle) => count('start', backend.start(id, bundle)),
    terminate: (id) => count('terminate', backend.terminate(id)),
    removeState: (uid) => count('removeState', backend.removeState(uid)),
    readLog: (id, tail) => count('readLog', backend.readLog(id, tail)),
  };
}

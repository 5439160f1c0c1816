import type { Backend } from '../../backends/backend.ts';
import type { BackendMethod } from '../fakes/faults.ts';
import { late } from '../fakes/faults.ts';
import type { FakeBackend } from '../fakes/fake-backend.ts';
import type { MortalProcess } from './mortal-process.ts';

/** A backend as one process holds it: every method, whatever its name, is a call that the process can die at. */
export function mortalBackend(backend: FakeBackend, life: MortalProcess): Backend {
  return new Proxy<FakeBackend>(backend, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property, target);
      // What answers at once asks nobody.
      return typeof value === 'function' && !AT_ONCE.has(property)
        ? (...parameters: unknown[]) =>
            callOnce(target, life, {
              method: property as BackendMethod,
              send: () => Reflect.apply(value, target, parameters) as Promise<unknown>,
            })
        : bound(value, target);
    },
  });
}

function bound(value: unknown, target: object): unknown {
  return typeof value === 'function' ? (value.bind(target) as unknown) : value;
}

const AT_ONCE: ReadonlySet<string | symbol> = new Set(['reserve', 'lanes']);

async function callOnce(
  backend: FakeBackend,
  life: MortalProcess,
  { method, send }: { readonly method: BackendMethod; readonly send: () => Promise<unknown> },
): Promise<unknown> {
  const before = backend.calls.length;
  return await life.call({
    name: `backend.${method}`,
    send,
    sendLate: async () => {
      backend.failNext(method, late());
      await send().catch(() => undefined);
    },
    isProviderChange: () => backend.calls.length > before,
  });
}

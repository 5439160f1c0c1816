import type { SecretSnapshot } from '../../sources/source.ts';

type Values = Readonly<Record<string, string>>;

/** Secrets of the namespace `default`, as literals; `global` is undefined where reading it fails. */
export function snapshotOf(
  secrets: Readonly<Record<string, Values>>,
  { global }: { readonly global: Values | undefined } = { global: {} },
): SecretSnapshot {
  return {
    find: (namespace, name) => {
      const values = namespace === 'default' ? secrets[name] : undefined;
      return values === undefined
        ? { kind: 'problem', message: `secret ${namespace}/${name} does not exist` }
        : { kind: 'found', values };
    },
    global: () =>
      global === undefined
        ? { kind: 'problem', message: '.env cannot be read' }
        : { kind: 'found', values: global },
    revision: () => 'revision',
    keyedHash: (value) => JSON.stringify(value),
  };
}

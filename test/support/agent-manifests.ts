import { join } from 'node:path';
import { CHECKOUT } from './controller-process.ts';

const API_VERSION = 'treeline.dev/v1alpha1';

/** Below the ports that the system itself hands out, which begin at 32768. */
const FIRST_PORT = 10_000;
const PORTS_PER_PROCESS = 100;
const RANGES = 220;

/** Ports of this test process: files that run at once in several processes do not reach for the same. */
function portRange(): string {
  const first = FIRST_PORT + (process.pid % RANGES) * PORTS_PER_PROCESS;
  return `${first}-${first + PORTS_PER_PROCESS - 1}`;
}

/** The default class: the sample agent of the examples on the process backend, which need not register. */
export function sampleClass(process: object = {}): object {
  return classOf({ readiness: 'Running' }, process);
}

/** The same, with agents that register. */
export function registeringClass(process: object = {}): object {
  return classOf({}, process);
}

function classOf(spec: object, process: object): object {
  const command = ['node', join(CHECKOUT, 'examples', 'agent', 'agent.js')];
  return manifest('WorkspaceClass', 'local', {
    default: true,
    backend: 'process',
    ...spec,
    process: {
      portRange: portRange(),
      stopGracePeriod: '5s',
      runtimes: { sample: { command } },
      ...process,
    },
  });
}

/** A template of the sample runtime. */
export function template(name: string, spec: object = {}): object {
  return manifest('WorkspaceTemplate', name, { runtime: 'sample', ...spec });
}

/** A workspace of the sample runtime. */
export function sample(name: string, spec: object = {}): object {
  return manifest('Workspace', name, { runtime: 'sample', ...spec });
}

export function below(parent: string): object {
  return { parentRef: { name: parent } };
}

/** One file with all of them; JSON is YAML. */
export function toYaml(...documents: readonly object[]): string {
  return documents.map((document) => `---\n${JSON.stringify(document)}\n`).join('');
}

function manifest(kind: string, name: string, spec: object): object {
  return { apiVersion: API_VERSION, kind, metadata: { name }, spec };
}

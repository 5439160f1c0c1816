import { isAbsolute, resolve as resolvePath } from 'node:path';
import { toSeconds } from '../../api/schema.ts';
import type { LaunchParameters } from '../../api/launch.ts';
import type { WorkspaceClassSpec } from '../../api/workspace-class.ts';
import { TerminalError } from '../../lib/errors.ts';
import { DEFAULT_STOP_GRACE_SECONDS } from './limits.ts';

/** What a launch asks for: frozen in `LaunchParameters.details`. */
export interface ProcessDetails {
  /** Program and arguments. */
  readonly command: readonly string[];
  /** Of the class: the same for every workspace with this runtime. */
  readonly env: Readonly<Record<string, string>>;
  readonly portRange?: PortRange;
  readonly stopGraceSeconds: number;
}

/** Both ends belong to it. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}

/** The class and runtime to be frozen, and the folder at which relative paths of the command start. */
export interface DetailsRequest {
  readonly classSpec: WorkspaceClassSpec;
  readonly runtime: string;
  readonly workingDirectory: string;
}

/** Freezes what the class says of the runtime. Throws `TerminalError` InvalidSpec naming the runtimes there are. */
export function resolveDetails(request: DetailsRequest): ProcessDetails {
  const parameters = request.classSpec.process;
  if (parameters === undefined) {
    throw invalid('the class has no block "process"');
  }
  const runtime = Object.hasOwn(parameters.runtimes, request.runtime)
    ? parameters.runtimes[request.runtime]
    : undefined;
  if (runtime === undefined) {
    const names = Object.keys(parameters.runtimes).sort().join(', ');
    throw invalid(`the class has no runtime "${request.runtime}"; it has: ${names}`);
  }
  return {
    command: resolveCommand(runtime.command, request.workingDirectory),
    env: runtime.env ?? {},
    ...(parameters.portRange === undefined
      ? {}
      : { portRange: parsePortRange(parameters.portRange) }),
    stopGraceSeconds:
      parameters.stopGracePeriod === undefined
        ? DEFAULT_STOP_GRACE_SECONDS
        : toSeconds(parameters.stopGracePeriod),
  };
}

/** The details that `resolve` froze, read back from a launch row. */
export function toDetails(parameters: LaunchParameters): ProcessDetails {
  const { command, env, stopGraceSeconds } = parameters.details;
  if (!Array.isArray(command) || typeof env !== 'object' || typeof stopGraceSeconds !== 'number') {
    throw invalid('the launch parameters are not those of the process backend');
  }
  return parameters.details as unknown as ProcessDetails;
}

/**
 * The agent's working directory is its own, so paths that start at the controller's are made absolute: the program if it
 * has a slash, and every argument that begins with `./` or `../`.
 */
function resolveCommand(command: readonly string[], folder: string): readonly string[] {
  return command.map((word, index) => {
    const isPath = /^\.\.?\//.test(word) || (index === 0 && word.includes('/'));
    return isPath && !isAbsolute(word) ? resolvePath(folder, word) : word;
  });
}

function parsePortRange(text: string): PortRange {
  const [first = 0, last = 0] = text.split('-').map(Number);
  if (first < 1 || last > 65_535 || first > last) {
    throw invalid(`portRange "${text}" is none: it takes first-last, from 1 to 65535`);
  }
  return { first, last };
}

function invalid(message: string): TerminalError {
  return new TerminalError(`resolving: ${message}`, { reason: 'InvalidSpec' });
}

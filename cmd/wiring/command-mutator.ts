import type { Clock } from '../../lib/clock.ts';
import type { Env } from '../../provisioning/env.ts';
import type { EnvMutator } from '../../provisioning/env-mutators.ts';
import { runCommand, type CommandEnd } from './command-run.ts';

export interface CommandMutatorOptions {
  readonly name: string;
  /** Program and arguments; a relative program is one of `workingDirectory`. */
  readonly command: readonly string[];
  readonly timeoutSeconds: number;
  readonly workingDirectory: string;
  /** `PATH` of the command, and all that it inherits. */
  readonly path: string;
  readonly clock: Pick<Clock, 'schedule'>;
}

const UTF8 = new TextDecoder('utf-8', { fatal: true });
/** What stands between the words of JSON and of what shells print. */
const BETWEEN_WORDS = /[\s"'`\\,;:={}()[\]]+/;
/** Of a word that is to be masked: shorter ones are names and words of every language. */
const SHORTEST_MASKED = 8;

/** A command that gets `MutatorInput` as JSON on its stdin and prints what is added as a JSON object. */
export function commandMutator(options: CommandMutatorOptions): EnvMutator {
  const { name, command, timeoutSeconds, workingDirectory, path, clock } = options;
  return {
    name,
    async mutate(input, signal) {
      const end = await runCommand({
        ...{ command, timeoutSeconds, workingDirectory, clock, signal },
        env: { PATH: path },
        input: JSON.stringify(input),
      });
      if (end.failure !== undefined) {
        throw new Error(`${end.failure}\n${withoutPrinted(end)}`);
      }
      return parseAnswer(end.stdout);
    },
  };
}

function parseAnswer(stdout: Buffer): Env {
  try {
    // What it holds is checked by `mutateEnv`.
    return JSON.parse(UTF8.decode(stdout)) as Env;
  } catch {
    // Not the message of the parser, which quotes what it could not read.
    throw new Error('must print a JSON object');
  }
}

/** A shell that prints its commands (`set -x`) shows on stderr what it has just made. */
function withoutPrinted({ stdout, stderr }: CommandEnd): string {
  const printed = new Set(
    stdout
      .toString('utf8')
      .split(BETWEEN_WORDS)
      .filter((word) => word.length >= SHORTEST_MASKED),
  );
  return stderr
    .split(new RegExp(`(${BETWEEN_WORDS.source})`))
    .map((word) => (printed.has(word) ? '***' : word))
    .join('');
}

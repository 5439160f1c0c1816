import { stripVTControlCharacters } from 'node:util';
import { ENV_NAME_PATTERN, ENV_NAME_WORDS } from '../api/schema.ts';
import { PreparationError } from '../lib/errors.ts';
import type { Env } from './env.ts';
import { maskValues } from './mask-values.ts';

/** What a mutator is told. */
export interface MutatorInput {
  readonly workspace: {
    readonly uid: string;
    readonly namespace: string;
    readonly name: string;
    readonly role?: string;
    readonly runtime: string;
    /** Uid of the parent; none for a root. */
    readonly parentId?: string;
  };
  /** With what the mutators before have added. */
  readonly env: Env;
}

/** How a deployer adds env, e.g. a token that lives for an hour (design §9). */
export interface EnvMutator {
  /** Unique; stands in messages. */
  readonly name: string;
  /**
   * Answers what is added, or overrides. Ends within its own time-out, and soon after `signal` is aborted. The message
   * of what it throws is shown to people.
   */
  mutate(input: MutatorInput, signal: AbortSignal): Promise<Env>;
}

/** Characters of a reason: what people read in one line of `describe`. */
const MAX_REASON_LENGTH = 200;
const ENV_NAME = new RegExp(ENV_NAME_PATTERN);
const CONTROL_CHARACTERS = /[\u0000-\u001f\u007f-\u009f]+/g;

/**
 * The env with what all mutators add, in their order. The first one that fails stops, with a `PreparationError`
 * `InvalidLaunchParameters` that names it and shows no value. An abort is no failure: its reason is thrown as it is.
 */
export async function mutateEnv(
  mutators: readonly EnvMutator[],
  { workspace, env }: MutatorInput,
  signal: AbortSignal = new AbortController().signal,
): Promise<Env> {
  let current = env;
  for (const mutator of mutators) {
    const input = { workspace: { ...workspace }, env: { ...current } };
    current = { ...current, ...(await added(mutator, input, signal)) };
  }
  return current;
}

async function added(mutator: EnvMutator, input: MutatorInput, signal: AbortSignal): Promise<Env> {
  const values = Object.values(input.env);
  try {
    return checked(await mutator.mutate(input, signal));
  } catch (error) {
    signal.throwIfAborted();
    // Without the cause: its message and stack may hold values, and a log prints them.
    throw new PreparationError(`env mutator "${mutator.name}": ${reasonOf(error, values)}`, {
      reason: 'InvalidLaunchParameters',
    });
  }
}

function reasonOf(error: unknown, values: readonly string[]): string {
  const text = isWithMessage(error) ? error.message : String(error);
  // Before it is cut: half a value would not be recognised.
  const masked = maskValues(stripVTControlCharacters(text), values);
  const lines = masked.split('\n').map((line) => line.replace(CONTROL_CHARACTERS, ' ').trim());
  const last = lines.findLast((line) => line !== '') ?? 'failed without a word';
  return last.slice(0, MAX_REASON_LENGTH).toWellFormed();
}

/** Not by `instanceof`: a module may bring an error of another realm. */
function isWithMessage(error: unknown): error is { readonly message: string } {
  return (
    typeof error === 'object' &&
    error !== null &&
    'message' in error &&
    typeof error.message === 'string'
  );
}

/** Whoever wrote the mutator may not have had a compiler. Throws what is wrong, by name and never by value. */
function checked(answer: unknown): Env {
  if (typeof answer !== 'object' || answer === null || Array.isArray(answer)) {
    throw new TypeError('must answer an object with a text for each name');
  }
  const entries = Object.entries(answer).map(([name, value]): [string, string] => {
    if (!ENV_NAME.test(name)) {
      throw new TypeError(`answers a name that no environment has: names ${ENV_NAME_WORDS}`);
    }
    if (typeof value !== 'string') {
      throw new TypeError(`the value of ${name} must be a text`);
    }
    if (value.includes('\0')) {
      throw new TypeError(`the value of ${name} holds a zero byte`);
    }
    return [name, value];
  });
  return Object.fromEntries(entries);
}

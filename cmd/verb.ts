import type { Command } from 'commander';
import type { Context } from './context.ts';
import type { ExitCode } from './exit-codes.ts';
import type { Flags } from './setting.ts';

/** What was typed after the name of a verb. */
export interface Typed {
  /** Operands in order; a variadic one is spread. */
  readonly operands: readonly string[];
  /** Flags of the verb and of the program. */
  readonly flags: Flags;
}

/** The work of a verb. Expected failures are `CliError`s. */
export type Action = (context: Context, typed: Typed) => Promise<ExitCode>;

/** Turns an action into what commander calls. */
export type Bind = (action: Action) => (this: Command) => Promise<void>;

/** The program with the flags of every verb defined, not only those of the one that was typed. */
export type LoadAll = () => Promise<Command>;

/** What the module of a verb exports: it describes its operands, flags and subverbs, and binds its actions. */
export interface VerbModule {
  readonly define: (command: Command, bind: Bind, loadAll: LoadAll) => void;
}

export function textFlag({ flags }: Typed, name: string): string | undefined {
  const value = flags[name];
  return typeof value === 'string' ? value : undefined;
}

export function isFlagSet({ flags }: Typed, name: string): boolean {
  return flags[name] === true;
}

/** Values of a flag that may be repeated. */
export function listFlag({ flags }: Typed, name: string): readonly string[] {
  const value = flags[name];
  return Array.isArray(value) ? value.map(String) : [];
}

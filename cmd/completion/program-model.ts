import type { Command } from 'commander';
import { KINDS } from '../../api/objects.ts';

/** A flag as a shell offers it. */
export interface FlagModel {
  /** `--output` */
  readonly long: string;
  /** `-o` */
  readonly short?: string;
  readonly description: string;
  /** Something must follow it. */
  readonly takesValue: boolean;
}

/** What the words after a verb are. */
export type OperandKind = 'workspaces' | 'kinds' | 'words' | 'nothing';

export interface VerbModel {
  readonly name: string;
  readonly summary: string;
  readonly flags: readonly FlagModel[];
  readonly operands: OperandKind;
  /** Words to offer, e.g. kinds or names of shells. */
  readonly words: readonly string[];
  readonly subverbs: readonly VerbModel[];
}

export interface ProgramModel {
  readonly flags: readonly FlagModel[];
  readonly verbs: readonly VerbModel[];
}

/** Prints the names of workspaces for the shell; silent when no controller answers. */
export const LIST_NAMES = "treeline get workspaces -o name 2>/dev/null | sed 's,.*/,,'";

/** The program as completion sees it. Every verb must have been loaded. */
export function describeProgram(program: Command): ProgramModel {
  return { flags: flagsOf(program), verbs: program.commands.map(describeVerb) };
}

function describeVerb(command: Command): VerbModel {
  const [argument] = command.registeredArguments;
  const operands = operandsOf(argument?.name());
  return {
    name: command.name(),
    summary: command.summary() === '' ? command.description() : command.summary(),
    flags: flagsOf(command),
    operands,
    words: wordsOf(operands, argument?.description ?? ''),
    subverbs: command.commands.map(describeVerb),
  };
}

function flagsOf(command: Command): FlagModel[] {
  return command.options.flatMap(({ long, short, description, required }) =>
    typeof long !== 'string'
      ? []
      : [
          {
            long,
            ...(typeof short === 'string' ? { short } : {}),
            description,
            takesValue: required,
          },
        ],
  );
}

/** By the names that our verbs give their operands. */
function operandsOf(name: string | undefined): OperandKind {
  switch (name) {
    case 'name':
    case 'names':
    case 'words':
      return 'workspaces';
    case 'kind':
      return 'kinds';
    case 'shell':
      return 'words';
    default:
      return 'nothing';
  }
}

function wordsOf(operands: OperandKind, description: string): string[] {
  switch (operands) {
    case 'kinds':
      return [...KINDS.map(({ plural }) => plural), 'all'];
    case 'words':
      return description.split(', ');
    case 'workspaces':
    case 'nothing':
      return [];
  }
}

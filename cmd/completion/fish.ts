import { LIST_NAMES, type FlagModel, type ProgramModel, type VerbModel } from './program-model.ts';

/** A script for fish. */
export function fishScript({ flags, verbs }: ProgramModel): string {
  return [
    '# fish completion for treeline',
    'complete -c treeline -f',
    ...flags.map((flag) => flagLine(flag, [])),
    ...verbs.flatMap((verb) => linesOf(verb, [])),
  ].join('\n');
}

function linesOf(verb: VerbModel, above: readonly string[]): string[] {
  const path = [...above, verb.name];
  return [
    `complete -c treeline -n ${quote(conditionFor(above))} -a ${verb.name} -d ${quote(verb.summary)}`,
    ...verb.flags.map((flag) => flagLine(flag, path)),
    ...operandLine(verb, path),
    ...verb.subverbs.flatMap((one) => linesOf(one, path)),
  ];
}

/** A verb is offered while none was typed, a subverb after its verb only. */
function conditionFor(above: readonly string[]): string {
  return above.length === 0 ? '__fish_use_subcommand' : seen(above);
}

function seen(path: readonly string[]): string {
  return path.map((name) => `__fish_seen_subcommand_from ${name}`).join('; and ');
}

function flagLine(
  { long, short, description, takesValue }: FlagModel,
  path: readonly string[],
): string {
  return [
    'complete -c treeline',
    ...(path.length === 0 ? [] : [`-n ${quote(seen(path))}`]),
    `-l ${long.slice(2)}`,
    ...(short === undefined ? [] : [`-s ${short.slice(1)}`]),
    // -F: a value may be a file.
    ...(takesValue ? ['-r -F'] : []),
    `-d ${quote(description)}`,
  ].join(' ');
}

function operandLine({ operands, words }: VerbModel, path: readonly string[]): string[] {
  const offered = operands === 'workspaces' ? `(${LIST_NAMES})` : words.join(' ');
  return offered === ''
    ? []
    : [`complete -c treeline -n ${quote(seen(path))} -a ${quote(offered)}`];
}

/** For fish, inside single quotes only these two need a backslash. */
function quote(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}

import { LIST_NAMES, type FlagModel, type ProgramModel, type VerbModel } from './program-model.ts';

/** A script for zsh: to be sourced, or saved as `_treeline` in the fpath. */
export function zshScript({ flags, verbs }: ProgramModel): string {
  return [
    '#compdef treeline',
    '_treeline_names() {',
    `  local -a names; names=(\${(f)"$(${LIST_NAMES})"})`,
    "  _describe 'workspace' names",
    '}',
    ...verbs.flatMap((verb) => functionsOf(verb, '_treeline')),
    ...dispatcher('_treeline', flags, verbs),
    'if [ "$funcstack[1]" = "_treeline" ]; then _treeline "$@"; else compdef _treeline treeline; fi',
  ].join('\n');
}

function functionsOf(verb: VerbModel, prefix: string): string[] {
  const name = `${prefix}_${verb.name}`;
  if (verb.subverbs.length > 0) {
    return [
      ...verb.subverbs.flatMap((one) => functionsOf(one, name)),
      ...dispatcher(name, verb.flags, verb.subverbs),
    ];
  }
  return [
    `${name}() {`,
    `  _arguments ${[...verb.flags.map(flagSpec), operandSpec(verb)].join(' ')}`,
    '}',
  ];
}

/** Offers verbs, and hands on to the function of the one that was typed. */
function dispatcher(
  name: string,
  flags: readonly FlagModel[],
  verbs: readonly VerbModel[],
): string[] {
  return [
    `${name}() {`,
    '  local context state state_descr line',
    '  typeset -A opt_args',
    `  _arguments -C ${[...flags.map(flagSpec), "'1: :->verb'", "'*::: :->rest'"].join(' ')}`,
    '  case $state in',
    '    verb)',
    '      local -a verbs; verbs=(',
    ...verbs.map((verb) => `        ${quote(`${verb.name}:${verb.summary}`)}`),
    '      )',
    "      _describe 'verb' verbs ;;",
    '    rest)',
    '      case $line[1] in',
    ...verbs.map((verb) => `        ${verb.name}) ${name}_${verb.name} ;;`),
    '      esac ;;',
    '  esac',
    '}',
  ];
}

function flagSpec({ long, short, description, takesValue }: FlagModel): string {
  const text = `[${description.replace(/[[\]:\\]/g, '\\$&')}]`;
  const value = takesValue ? ':value:_files' : '';
  return [long, ...(short === undefined ? [] : [short])]
    .map((one) => quote(`${one}${text}${value}`))
    .join(' ');
}

function operandSpec({ operands, words }: VerbModel): string {
  switch (operands) {
    case 'workspaces':
      return "'*:workspace:_treeline_names'";
    case 'kinds':
    case 'words':
      return quote(`1:word:(${words.join(' ')})`);
    case 'nothing':
      return "'*:file:_files'";
  }
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

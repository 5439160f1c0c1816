import { LIST_NAMES, type FlagModel, type ProgramModel, type VerbModel } from './program-model.ts';

/** A script for bash; needs nothing but bash. */
export function bashScript({ flags, verbs }: ProgramModel): string {
  const names = verbs.map(({ name }) => name).join(' ');
  return [
    '# bash completion for treeline',
    '_treeline() {',
    '  local current=${COMP_WORDS[COMP_CWORD]} verb= subverb= flags= words= i',
    '  COMPREPLY=()',
    '  for ((i = 1; i < COMP_CWORD; i++)); do',
    '    case ${COMP_WORDS[i]} in',
    `      ${valueFlags(flags)}) ((i++)) ;;`,
    '      -*) ;;',
    '      *) if [[ -z $verb ]]; then verb=${COMP_WORDS[i]}; else subverb=${subverb:-${COMP_WORDS[i]}}; fi ;;',
    '    esac',
    '  done',
    '  case "$verb $subverb" in',
    `    ' ') words='${names} help' ;;`,
    ...verbs.flatMap(caseOf),
    '  esac',
    `  flags="$flags ${flagWords(flags)} --help"`,
    '  case $current in',
    '    -*) COMPREPLY=($(compgen -W "$flags" -- "$current")) ;;',
    '    *) COMPREPLY=($(compgen -W "$words" -- "$current")) ;;',
    '  esac',
    '}',
    'complete -o default -F _treeline treeline',
  ].join('\n');
}

/** Subverbs come before their verb: the first pattern that fits counts. */
function caseOf(verb: VerbModel): string[] {
  return [
    ...verb.subverbs.map(
      (one) => `    '${verb.name} ${one.name}') flags='${flagWords(one.flags)}' ${wordsOf(one)} ;;`,
    ),
    `    '${verb.name} '*) flags='${flagWords(verb.flags)}' ${wordsOf(verb)} ;;`,
  ];
}

function wordsOf({ operands, words, subverbs }: VerbModel): string {
  const offered = [...subverbs.map(({ name }) => name), ...words].join(' ');
  return operands === 'workspaces' ? `words=$(${LIST_NAMES})` : `words='${offered}'`;
}

function flagWords(flags: readonly FlagModel[]): string {
  return flags.map(({ long }) => long).join(' ');
}

function valueFlags(flags: readonly FlagModel[]): string {
  return flags
    .filter(({ takesValue }) => takesValue)
    .flatMap(({ long, short }) => (short === undefined ? [long] : [short, long]))
    .join('|');
}

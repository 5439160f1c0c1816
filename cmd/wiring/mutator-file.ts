import { LineCounter, parseDocument } from 'yaml';
import { toSeconds } from '../../api/schema.ts';

/** One entry of the file of `--env-mutators`. */
export type MutatorEntry = { readonly name: string; readonly timeoutSeconds: number } & (
  { readonly command: readonly string[] } | { readonly module: string }
);

/** Entries, or everything that is wrong with them: `[0].timeout must be ...`. */
export type MutatorFile =
  { readonly entries: readonly MutatorEntry[] } | { readonly problems: readonly string[] };

/** A token is minted in a second or two; an author sees a launch wait for longer than this as a launch that hangs. */
const DEFAULT_TIMEOUT_SECONDS = 10;
/** A mutator holds one of the workers of the queue while it runs. */
const MAX_TIMEOUT_SECONDS = 300;
const NAME = /^[A-Za-z0-9][-._A-Za-z0-9]{0,62}$/;
const DURATION = /^(\d{1,6}[smh])+$/;
const FIELDS = ['name', 'command', 'module', 'timeout'];

/** Reads YAML or JSON. Never throws, and never shows an argument of a command. */
export function parseMutatorFile(text: string): MutatorFile {
  const list = parseYaml(text);
  if ('problem' in list) {
    return { problems: [list.problem] };
  }
  if (!Array.isArray(list.value)) {
    return { problems: ['must be a list of mutators, each with name and command, or module'] };
  }
  const entries: readonly unknown[] = list.value;
  const problems = entries.flatMap((entry, index) => problemsOf(entry, `[${index}]`));
  const all = [...problems, ...findTwice(entries)];
  return all.length > 0
    ? { problems: all }
    : { entries: (entries as readonly RawEntry[]).map(toEntry) };
}

function parseYaml(text: string): { readonly value: unknown } | { readonly problem: string } {
  const lineCounter = new LineCounter();
  // Not pretty: that quotes the line, and with it an argument.
  const document = parseDocument(text, { lineCounter, prettyErrors: false, logLevel: 'silent' });
  const [error] = document.errors;
  if (error !== undefined) {
    return { problem: `line ${lineCounter.linePos(error.pos[0]).line}: ${error.message}` };
  }
  try {
    return { value: document.toJS() };
  } catch {
    return { problem: 'has more aliases than a list of mutators needs' };
  }
}

interface RawEntry {
  readonly name: string;
  readonly command?: readonly string[];
  readonly module?: string;
  readonly timeout?: string;
}

function toEntry({ name, command, module = '', timeout }: RawEntry): MutatorEntry {
  const timeoutSeconds = timeout === undefined ? DEFAULT_TIMEOUT_SECONDS : toSeconds(timeout);
  return command === undefined
    ? { name, module, timeoutSeconds }
    : { name, command, timeoutSeconds };
}

function problemsOf(entry: unknown, at: string): readonly string[] {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) {
    return [`${at} must have the fields name and command, or module`];
  }
  const { name, command, module, timeout } = entry as Readonly<Record<string, unknown>>;
  const unknown = Object.keys(entry).filter((field) => !FIELDS.includes(field));
  const wrong: readonly (readonly [boolean, string])[] = [
    ...unknown.map((field) => [true, `.${field} is not a field`] as const),
    [!isMatch(name, NAME), '.name must be letters, digits, "-", "_" or ".", at most 63'],
    [(command === undefined) === (module === undefined), ' must have either command or module'],
    [command !== undefined && !isCommand(command), '.command must be a list: program, arguments'],
    [
      module !== undefined && !isModule(module),
      '.module must be the path of a .ts, .js or .mjs file',
    ],
    [timeout !== undefined && !isTimeout(timeout), '.timeout must be a length of time, 1s to 5m'],
  ];
  return wrong.flatMap(([isWrong, problem]) => (isWrong ? [at + problem] : []));
}

function isMatch(value: unknown, pattern: RegExp): value is string {
  return typeof value === 'string' && pattern.test(value);
}

function isCommand(value: unknown): boolean {
  const isText = (word: unknown) => typeof word === 'string' && !word.includes('\0');
  return Array.isArray(value) && value.every(isText) && isMatch(value[0], /./);
}

function isModule(value: unknown): boolean {
  return isMatch(value, /\.(ts|js|mjs)$/) && !value.includes('\0');
}

function isTimeout(value: unknown): boolean {
  const seconds = isMatch(value, DURATION) ? toSeconds(value) : 0;
  return seconds > 0 && seconds <= MAX_TIMEOUT_SECONDS;
}

function findTwice(list: readonly unknown[]): readonly string[] {
  const names = list.map((entry) => (entry as { readonly name?: unknown } | null)?.name);
  return names.flatMap((name, index) =>
    typeof name === 'string' && names.indexOf(name) < index
      ? [`[${index}].name is the name of [${names.indexOf(name)}] already`]
      : [],
  );
}

import { resolve } from 'node:path';

/** One thing that can be said by a flag or in the environment. */
export interface Setting<T> {
  /** As commander reads it: `--data-dir <dir>`; a switch has no argument. */
  readonly flag: string;
  readonly env: string;
  readonly description: string;
  /** Throws an `Error` whose message ends the sentence "--flag ...": `must be a number (got x)`. */
  readonly parse: (text: string, workingDirectory: string) => T;
}

export function setting<T>(
  flagText: string,
  env: string,
  description: string,
  parse: Setting<T>['parse'],
): Setting<T> {
  return { flag: flagText, env, description, parse };
}

type Settings = Readonly<Record<string, Setting<unknown>>>;
type Values<S extends Settings> = {
  -readonly [K in keyof S]?: S[K] extends Setting<infer T> ? T : never;
};

/** What commander found: `true` for a switch, text for a flag with an argument. */
export type Flags = Readonly<Record<string, unknown>>;
export type Environment = Readonly<Record<string, string | undefined>>;

export interface Said {
  readonly flags: Flags;
  readonly env: Environment;
  readonly workingDirectory: string;
}

/** Flag over environment; what neither says is absent. Every problem is collected, none is thrown. */
export function readSettings<S extends Settings>(
  settings: S,
  said: Said,
): { readonly values: Values<S>; readonly problems: readonly string[] } {
  const values: Record<string, unknown> = {};
  const problems: string[] = [];
  for (const [key, setting] of Object.entries(settings)) {
    const found = lookUp(key, setting, said);
    if (found === undefined) {
      continue;
    }
    try {
      values[key] = setting.parse(found.text, said.workingDirectory);
    } catch (error) {
      problems.push(`${found.where} ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return { values: values as Values<S>, problems };
}

function lookUp(
  key: string,
  setting: Setting<unknown>,
  { flags, env }: Said,
): { text: string; where: string } | undefined {
  const flag = flags[key];
  if (typeof flag === 'string' || typeof flag === 'boolean') {
    return { text: String(flag), where: setting.flag.split(' ')[0] ?? setting.flag };
  }
  const variable = env[setting.env];
  // An empty variable means "not set": shells and compose files cannot say it otherwise.
  return variable === undefined || variable === ''
    ? undefined
    : { text: variable, where: setting.env };
}

export function text(value: string): string {
  if (value === '') {
    throw new Error('must not be empty');
  }
  return value;
}

/** What fits into a header: a line end from a file that was read carelessly would be a puzzling failure later. */
export function token(value: string): string {
  if (!/^[\x21-\x7e]+$/.test(value)) {
    throw new Error('must be a token, without spaces and line ends');
  }
  return value;
}

/** An absolute path. */
export function path(value: string, workingDirectory: string): string {
  return resolve(workingDirectory, text(value));
}

export function flag(value: string): boolean {
  if (/^(true|1|yes|on)$/i.test(value)) {
    return true;
  }
  if (/^(false|0|no|off)$/i.test(value)) {
    return false;
  }
  throw new Error(`must be true or false (got ${value})`);
}

export function oneOf<const T extends readonly string[]>(values: T): (value: string) => T[number] {
  return (value) => {
    if (!values.includes(value)) {
      throw new Error(`must be one of ${values.join(', ')} (got ${value})`);
    }
    return value;
  };
}

/** Words between commas, each of this form and once; `what` ends the sentence "must be ...". */
export function list(pattern: RegExp, what: string): (value: string) => readonly string[] {
  return (value) => {
    const words = value.split(',').map((word) => word.trim());
    if (words.some((word) => !pattern.test(word))) {
      throw new Error(`must be ${what} (got ${value})`);
    }
    return [...new Set(words)];
  };
}

/** More than zero; fractions are allowed, tests use them. */
export function seconds(value: string): number {
  const number = Number(value);
  if (value.trim() === '' || !Number.isFinite(number) || number <= 0) {
    throw new Error(`must be a number of seconds above 0 (got ${value})`);
  }
  return number;
}

/** An absolute URL with one of these schemes, without the trailing slash. */
export function url(...schemes: readonly string[]): (value: string) => string {
  return (value) => {
    const parsed = URL.parse(value);
    if (parsed === null || !schemes.includes(parsed.protocol.slice(0, -1))) {
      // The value stays out of the message: a database URL holds a password.
      throw new Error(`must be a URL that starts with ${schemes.join(':// or ')}://`);
    }
    return value.replace(/\/$/, '');
  };
}

export interface Address {
  /** Without brackets. */
  readonly host: string;
  readonly port: number;
}

/** `host:port`, `:port`, `port` or `[::1]:port`; port 0 takes a free one. */
export function address(value: string): Address {
  const match = /^(?:(?:\[([0-9a-fA-F:.]+)\]|([^:[\]\s]*)):)?(\d{1,5})$/.exec(value);
  const port = Number(match?.[3] ?? NaN);
  if (match === null || port > 65_535) {
    throw new Error(`must be HOST:PORT (got ${value})`);
  }
  const [, ip6, name = ''] = match;
  return { host: ip6 ?? (name === '' ? '127.0.0.1' : name), port };
}

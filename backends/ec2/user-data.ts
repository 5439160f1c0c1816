import { USER_DATA_LIMIT_BYTES } from '../../api/ec2-parameters.ts';
import { TerminalError } from '../../lib/errors.ts';
import type { Ec2Details } from './parameters.ts';

/** What user data may name as `{{uid}}`, `{{command}}` and so on; anything else in braces stays as it is. */
export interface UserDataValues {
  readonly uid: string;
  readonly attempt: number;
  readonly bootstrapToken: string;
}

/**
 * The user data of one attempt: the same bytes whenever it is rendered. Throws `TerminalError` InvalidSpec when it is longer
 * than EC2 takes, or when the URL could end a quoted word of the script.
 */
export function renderUserData(
  { userData, platformUrl, runtime }: Pick<Ec2Details, 'userData' | 'platformUrl' | 'runtime'>,
  { uid, attempt, bootstrapToken }: UserDataValues,
): string {
  const exports = Object.entries(runtime.env ?? {}).map(
    ([name, value]) => `export ${name}=${quote(value)}`,
  );
  const values = new Map([
    ['uid', uid],
    ['attempt', String(attempt)],
    ['url', plain(platformUrl.replace(/\/$/, ''))],
    ['bootstrapToken', bootstrapToken],
    ['command', runtime.command.map(quote).join(' ')],
    ['env', exports.join('\n')],
  ]);
  const text = userData.replace(
    /\{\{(\w+)\}\}/g,
    (whole, name: string) => values.get(name) ?? whole,
  );
  const bytes = Buffer.byteLength(text);
  if (bytes > USER_DATA_LIMIT_BYTES) {
    throw invalid(`it has ${bytes} bytes, and EC2 takes ${USER_DATA_LIMIT_BYTES}`);
  }
  return text;
}

/** One word for a POSIX shell, whatever is in it. */
function quote(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

function plain(url: string): string {
  if (!/^[\w.:/?&=%~@+,[\]-]*$/.test(url)) {
    throw invalid(`the URL of the controller cannot stand in a script: ${url}`);
  }
  return url;
}

function invalid(message: string): TerminalError {
  return new TerminalError(`rendering the user data: ${message}`, { reason: 'InvalidSpec' });
}

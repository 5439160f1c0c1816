import picocolors from 'picocolors';

type Colours = ReturnType<typeof picocolors.createColors>;

/** One line of the JSON log. */
interface Entry {
  readonly level: string;
  readonly time: string;
  readonly message: string;
  /** The decision; leads the line. */
  readonly action?: unknown;
  /** The subject of the line, `namespace/name`. */
  readonly workspace?: unknown;
  readonly attempt?: unknown;
  readonly error?: unknown;
}

/** As wide as the commonest decisions, so that what follows stands in a column. */
const ACTION_WIDTH = 6;

const CONTROL_CHARACTERS = /[\u0000-\u001f\u007f-\u009f]/g;

/**
 * A line of the JSON log as people read it, in their time zone:
 * `15:04:05 Launch  default/ada  attempt 1  launched instance  instanceId=i-1`, the stack of an error below it.
 */
export function terminalLine(json: string, colours: boolean): string {
  const { level, time, message, action, workspace, attempt, error, ...rest } = JSON.parse(
    json,
  ) as Entry;
  const c = picocolors.createColors(colours);
  const parts = [
    paint(c, level, textOf(action ?? level).padEnd(ACTION_WIDTH)),
    ...(workspace === undefined ? [] : [c.bold(textOf(workspace))]),
    ...(attempt === undefined ? [] : [`attempt ${textOf(attempt)}`]),
    message,
    ...Object.entries({ ...rest, ...errorField(error) }).map(([name, value]) =>
      c.dim(`${name}=${textOf(value)}`),
    ),
  ];
  return `${c.dim(timeOfDay(time))} ${parts.join('  ')}\n${stackOf(error, c)}`;
}

function paint(c: Colours, level: string, text: string): string {
  switch (level) {
    case 'error':
      return c.red(text);
    case 'warn':
      return c.yellow(text);
    case 'debug':
      return c.dim(text);
    default:
      return c.cyan(text);
  }
}

/** `15:04:05` of an ISO 8601 time, in the time zone of whoever looks. */
export function timeOfDay(iso: string): string {
  const time = new Date(iso);
  return [time.getHours(), time.getMinutes(), time.getSeconds()]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
}

/** Text as it is, other values as JSON. Control characters are escaped: agents must not steer the terminal. */
function textOf(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.replace(CONTROL_CHARACTERS, (character) => JSON.stringify(character).slice(1, -1));
}

function errorField(error: unknown): { readonly error?: unknown } {
  if (error === undefined) {
    return {};
  }
  return { error: isWithStack(error) ? error.stack.split('\n', 1)[0] : error };
}

function stackOf(error: unknown, c: Colours): string {
  if (!isWithStack(error)) {
    return '';
  }
  const [, ...frames] = error.stack.split('\n');
  return frames.map((frame) => `${c.dim(`    ${textOf(frame.trim())}`)}\n`).join('');
}

function isWithStack(error: unknown): error is { readonly stack: string } {
  return (
    typeof error === 'object' &&
    error !== null &&
    'stack' in error &&
    typeof error.stack === 'string'
  );
}

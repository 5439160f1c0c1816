/** How a script is run: its interpreter, and what the interpreter gets before the file's name. */
export interface Interpreter {
  readonly command: string;
  readonly argument: readonly string[];
}

/**
 * Reads the `#!` line. Undefined when there is none: cloud-init would read it as configuration, which the fake does not.
 * The interpreter is started by its own name, as a file that was just written may still be open for writing in a process
 * that is being forked, and then cannot be executed.
 */
export function interpreterOf(userData: string): Interpreter | undefined {
  const [, command, argument] = /^#!\s*(\S+)[ \t]*(.*?)[ \t]*$/m.exec(firstLine(userData)) ?? [];
  if (command === undefined) {
    return undefined;
  }
  return { command, argument: argument === undefined || argument === '' ? [] : [argument] };
}

function firstLine(text: string): string {
  return text.split(/\r?\n/, 1)[0] ?? '';
}

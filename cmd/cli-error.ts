import { EXIT, type ExitCode } from './exit-codes.ts';

/**
 * An expected end of a command: the message goes to stderr as it is, without a stack. It starts with a
 * lower-case sentence and says what to do.
 */
export class CliError extends Error {
  readonly exitCode: ExitCode;

  constructor(message: string, exitCode: ExitCode = EXIT.failure, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CliError';
    this.exitCode = exitCode;
  }
}

/** The command line, the environment or a file that the user named is wrong. */
export function usageError(message: string): CliError {
  return new CliError(message, EXIT.usage);
}

/** Several problems in one message, one a line. */
export function usageErrors(problems: readonly string[]): CliError {
  return usageError(problems.join('\n'));
}

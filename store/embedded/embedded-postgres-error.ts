/** What an operator can always do instead. */
const OWN_SERVER = 'or set DATABASE_URL to use a PostgreSQL server of your own';

/**
 * The embedded server cannot be started, or ended by itself. The message says what to do; it is meant for the
 * person who started the controller.
 */
export class EmbeddedPostgresError extends Error {
  /** `problem` and `remedy` are joined to `problem: remedy, or set DATABASE_URL ...`. */
  constructor(problem: string, remedy: string, options?: ErrorOptions) {
    super(`embedded PostgreSQL: ${problem}: ${remedy}, ${OWN_SERVER}`, options);
    this.name = 'EmbeddedPostgresError';
  }
}

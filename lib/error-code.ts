/**
 * The `code` of an error of Node or PostgreSQL (`ENOENT`, `28P01`); undefined when it has none. Not by `instanceof`:
 * an error made in another realm, as by Node itself under Jest, is no instance of this one's `Error`.
 */
export function errorCode(error: unknown): string | undefined {
  return typeof error === 'object' &&
    error !== null &&
    'code' in error &&
    typeof error.code === 'string'
    ? error.code
    : undefined;
}

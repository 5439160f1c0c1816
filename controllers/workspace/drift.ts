/** '' stands for "not known", after the database was lost, and is no drift. */
export function isDrift(actual: string, wanted: string): boolean {
  return actual !== '' && actual !== wanted;
}

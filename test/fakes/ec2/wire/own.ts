/** The value under a name that came from outside; undefined for what every object has, such as `constructor`. */
export function own<T>(record: Readonly<Partial<Record<string, T>>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

import { toStorableJson } from './storable.ts';

/** As many rows as a statement takes in well under a second. */
const MAX_ROWS = 1_000;
/** Far below the 256 MB that PostgreSQL allows for one jsonb value. */
const MAX_CHARACTERS = 16_000_000;

/** JSON arrays of the rows in order, each small enough for `jsonb_to_recordset` in one statement. */
export function* toJsonBatches(rows: readonly object[]): Generator<string> {
  let batch: string[] = [];
  let characters = 0;
  for (const row of rows) {
    const json = toStorableJson(row);
    if (
      batch.length === MAX_ROWS ||
      (batch.length > 0 && characters + json.length > MAX_CHARACTERS)
    ) {
      yield `[${batch.join(',')}]`;
      batch = [];
      characters = 0;
    }
    batch.push(json);
    characters += json.length;
  }
  if (batch.length > 0) {
    yield `[${batch.join(',')}]`;
  }
}

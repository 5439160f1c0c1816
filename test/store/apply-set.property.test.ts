import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { sql } from 'kysely';
import type { DeclarationOf } from '../../api/objects.ts';
import type { ObjectResult } from '../../store/apply-result.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { apply, workspace } from './declarations.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  await database[Symbol.asyncDispose]();
});

const RUNS = 60;
const NAMES = ['a', 'b', 'c', 'd'];

interface Call {
  readonly applySet: string;
  readonly declarations: readonly DeclarationOf<'Workspace'>[];
  readonly prune: 'none' | 'missing';
}

const declarations = fc.array(
  fc
    .record({
      name: fc.constantFrom(...NAMES),
      parent: fc.option(fc.constantFrom(...NAMES), { nil: undefined }),
      tier: fc.constantFrom(1, 2),
      collapsed: fc.option(fc.boolean(), { nil: undefined }),
      label: fc.constantFrom('x', 'y'),
    })
    .map(({ name, parent, tier, collapsed, label }) =>
      workspace(
        name,
        {
          tier,
          ...(parent !== undefined && { parentRef: { name: parent } }),
          ...(collapsed !== undefined && { collapsed }),
        },
        { labels: { label } },
      ),
    ),
  { maxLength: 5 },
);
const call: fc.Arbitrary<Call> = fc.record({
  applySet: fc.constantFrom('one', 'two'),
  declarations,
  prune: fc.constantFrom('none', 'missing'),
});

async function run({ applySet, ...options }: Call): Promise<readonly ObjectResult[]> {
  return await apply(database.db, options.declarations, { applySet, prune: options.prune });
}

async function listRows(): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const { rows } = await sql<Record<string, unknown>>`
    select name, apply_set, parent_name, xmin::text, ctid::text,
           parent_id is not distinct from
             (select p.uid from workspaces p where p.namespace = w.namespace and p.name = w.parent_name) as is_resolved
      from workspaces w order by name`.execute(database.db);
  return rows;
}

describe('any sequence of applySet calls of two sets', () => {
  it('keeps one row per name with its parent resolved, and changes nothing when the last call is repeated', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(call, { maxLength: 5 }), call, async (earlier, last) => {
        await sql`truncate workspaces, activity cascade`.execute(database.db);
        for (const one of [...earlier, last]) {
          await run(one);
        }
        const before = await listRows();

        const repeated = await run(last);

        const after = await listRows();
        expect(after).toEqual(before);
        expect(new Set(after.map(({ name }) => name)).size).toBe(after.length);
        expect(after.filter((row) => row['is_resolved'] !== true)).toEqual([]);
        expect(
          repeated.filter(({ result }) => result !== 'unchanged' && result !== 'refused'),
        ).toEqual([]);
      }),
      { numRuns: RUNS },
    );
  });

  it('never changes the owner of a record', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(call, { minLength: 2, maxLength: 6 }), async (calls) => {
        await sql`truncate workspaces, activity cascade`.execute(database.db);
        const owners = new Map<unknown, unknown>();
        for (const one of calls) {
          await run(one);
          for (const row of await listRows()) {
            owners.set(row['name'], owners.get(row['name']) ?? row['apply_set']);
            expect(row['apply_set']).toBe(owners.get(row['name']));
          }
        }
      }),
      { numRuns: RUNS },
    );
  });
});

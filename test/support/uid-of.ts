import type { Harness } from './harness.ts';

/** The uid of a workspace of the default namespace. Throws when there is none. */
export async function uidOf({ db }: Harness, name: string): Promise<string> {
  const { uid } = await db
    .selectFrom('workspaces')
    .select('uid')
    .where('name', '=', name)
    .where('namespace', '=', 'default')
    .executeTakeFirstOrThrow();
  return uid;
}

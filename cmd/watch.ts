import type { WatchEvent } from '../server/contract-operations.ts';
import type { Client } from './client.ts';
import { PATHS } from './paths.ts';

/** Workspaces as they are, then `BOOKMARK`, then every change, until the server or the user ends it. */
export async function* watchWorkspaces(
  client: Client,
  namespace: string | undefined,
): AsyncIterable<WatchEvent> {
  for await (const line of client.streamLines(PATHS.watch, { namespace })) {
    yield JSON.parse(line) as WatchEvent;
  }
}

/** `default/ada`: tells workspaces of several namespaces apart. */
export function keyOf({
  metadata,
}: {
  readonly metadata: { readonly namespace?: string; readonly name: string };
}): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}

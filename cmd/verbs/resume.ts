import type { Command } from 'commander';
import type { WorkspaceObject } from '../../server/contract.ts';
import { ApiError } from '../api-error.ts';
import type { Client } from '../client.ts';
import { print, warn, type Context } from '../context.ts';
import { forEachNamed, patchWorkspace } from './edit.ts';
import type { ExitCode } from '../exit-codes.ts';
import { getWorkspace } from '../objects.ts';
import type { Bind, Typed } from '../verb.ts';

/** A tree may be 16 deep (design §3); importing that number would load every schema and double the start. */
const ANCESTORS_LOOKED_AT = 16;

export function define(command: Command, bind: Bind): void {
  command.argument('<names...>', 'workspaces').action(bind(resume));
}

function resume(context: Context, typed: Typed): Promise<ExitCode> {
  return forEachNamed(context, typed, async ({ client, namespace }, name) => {
    const workspace = await patchWorkspace(
      client,
      { namespace, name },
      { desiredState: 'Running' },
    );
    print(context, `workspace/${name} resumed`);
    const ancestor = await findPausedAncestor(client, workspace);
    if (ancestor !== undefined) {
      warn(context, `it stays stopped until workspace/${ancestor} is resumed, which is above it`);
    }
  });
}

/** The nearest one. Parents that form a circle are looked at no further than trees may be deep. */
async function findPausedAncestor(
  client: Client,
  workspace: WorkspaceObject,
): Promise<string | undefined> {
  const namespace = workspace.metadata.namespace ?? '';
  let parent = workspace.spec.parentRef?.name;
  for (let level = 0; level < ANCESTORS_LOOKED_AT && parent !== undefined; level += 1) {
    const ancestor = await findWorkspace(client, namespace, parent);
    if (ancestor?.spec.desiredState === 'Paused') {
      return parent;
    }
    parent = ancestor?.spec.parentRef?.name;
  }
  return undefined;
}

async function findWorkspace(
  client: Client,
  namespace: string,
  name: string,
): Promise<WorkspaceObject | undefined> {
  try {
    return await getWorkspace(client, namespace, name);
  } catch (error) {
    if (error instanceof ApiError && error.problem.status === 404) {
      return undefined;
    }
    throw error;
  }
}

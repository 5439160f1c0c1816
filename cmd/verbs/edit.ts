import type { WorkspaceObject } from '../../server/contract.ts';
import { ApiError, ownedBySource } from '../api-error.ts';
import { CliError } from '../cli-error.ts';
import type { Client } from '../client.ts';
import { warn, type Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { parseWorkspace } from '../kinds.ts';
import { workspacePath } from '../paths.ts';
import { openSession, type Session } from '../session.ts';
import type { Typed } from '../verb.ts';

/** Changes these fields of the spec (merge patch). Throws `ownedBySource` when a folder or another source declares the workspace. */
export function patchWorkspace(
  client: Client,
  { namespace, name }: { readonly namespace: string; readonly name: string },
  spec: Readonly<Record<string, unknown>>,
): Promise<WorkspaceObject> {
  return explainOwner(`workspace ${namespace}/${name}`, () =>
    client.call<WorkspaceObject>(workspacePath(namespace, name), {
      method: 'PATCH',
      body: { spec },
    }),
  );
}

/** A refusal because a source owns `object` says where to make the change instead. */
export async function explainOwner<T>(object: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof ApiError && error.problem.reason === 'OwnedBySource'
      ? ownedBySource(object, error.problem)
      : error;
  }
}

/**
 * Does the same with every workspace that was named. One that fails does not keep the others from it; the exit code
 * is that of the first failure. No controller, or Ctrl-C, ends it at once.
 */
export async function forEachNamed(
  context: Context,
  typed: Typed,
  work: (session: Session, name: string) => Promise<void>,
): Promise<ExitCode> {
  const session = await openSession(context, typed);
  let result: ExitCode = EXIT.ok;
  for (const name of typed.operands.map(parseWorkspace)) {
    try {
      await work(session, name);
    } catch (error) {
      const code = exitCodeOrThrow(error, context);
      result = result === EXIT.ok ? code : result;
    }
  }
  return result;
}

function exitCodeOrThrow(error: unknown, context: Context): ExitCode {
  const isAboutOne = error instanceof CliError && error.exitCode !== EXIT.noServer;
  if (!isAboutOne || context.signal.aborted) {
    throw error;
  }
  warn(context, error.message);
  return error.exitCode;
}

import type { WorkspaceObject } from '../../server/contract.ts';
import type { Rollout } from '../../server/contract-rollouts.ts';
import { usageError } from '../cli-error.ts';
import { print, warn, type Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { listWorkspaces } from '../objects.ts';
import { classOf } from '../output/columns.ts';
import { computeRollout, renderRollout, type RolloutEntry } from '../output/rollout-table.ts';
import { renderStructured } from '../output/structured.ts';
import { rolloutPath } from '../paths.ts';
import { openSession } from '../session.ts';
import type { Typed } from '../verb.ts';
import { outputFlag } from './output-flag.ts';
import { describeTarget, flagOf, parseRolloutTarget } from './rollout-target.ts';

export const ROLLOUT_FORMATS = ['table', 'json', 'yaml'] as const;

/** Read from the statuses of all namespaces: a class has its workspaces in any. */
export async function showRollout(context: Context, typed: Typed): Promise<ExitCode> {
  const format = outputFlag(typed, ROLLOUT_FORMATS);
  const target = parseRolloutTarget(typed);
  if (target === undefined) {
    throw usageError('name a class, or an org with --org');
  }
  const { client, namespace } = await openSession(context, typed);
  const rollout = await client.call<Rollout>(rolloutPath(target.kind, namespace, target.name));
  const workspaces = await listWorkspaces(client, { namespace: undefined });
  const now = context.clock.now();
  const members = workspaces.filter((one) => isMember(one, rollout));
  const entries = computeRollout(members, now);
  if (format !== 'table') {
    print(context, await renderStructured({ ...rollout, workspaces: entries }, format));
    return exitCodeOf(entries, rollout);
  }
  if (entries.length === 0) {
    warn(context, `no workspace is of ${describeTarget(target)}`);
  }
  renderRollout(rollout, entries, {
    ...{ what: describeTarget(target), flag: flagOf(target), now },
  }).forEach((line) => {
    print(context, line);
  });
  return exitCodeOf(entries, rollout);
}

function isMember(workspace: WorkspaceObject, { kind, name, uid }: Rollout): boolean {
  return kind === 'Org' ? workspace.metadata.ownerUid === uid : classOf(workspace) === name;
}

function exitCodeOf(entries: readonly RolloutEntry[], { down }: Rollout): ExitCode {
  const hasFailed = entries.some(({ state }) => state === 'Failed');
  return hasFailed || down.some(({ failure }) => failure?.stops) ? EXIT.failure : EXIT.ok;
}

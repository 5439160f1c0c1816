import type { WorkspaceObject } from '../../server/contract.ts';
import type { Rollout } from '../../server/contract-rollouts.ts';
import { print, warn, type Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { listWorkspaces } from '../objects.ts';
import { classOf } from '../output/columns.ts';
import { computeRollout, renderRollout, type RolloutEntry } from '../output/rollout-table.ts';
import { renderStructured } from '../output/structured.ts';
import { rolloutPath } from '../paths.ts';
import { openSession, type Session } from '../session.ts';
import type { Typed } from '../verb.ts';
import { outputFlag } from './output-flag.ts';
import {
  describeTarget,
  flagOf,
  parseRolloutTarget,
  rolloutTargets,
  type RolloutTarget,
} from './rollout-target.ts';

export const ROLLOUT_FORMATS = ['table', 'json', 'yaml'] as const;

interface Shown {
  readonly target: RolloutTarget;
  readonly rollout: Rollout;
  readonly entries: readonly RolloutEntry[];
}

/** Of the class or the org that was named, or of every class. */
export async function showRollout(context: Context, typed: Typed): Promise<ExitCode> {
  const format = outputFlag(typed, ROLLOUT_FORMATS);
  const named = parseRolloutTarget(typed);
  const session = await openSession(context, typed);
  const targets = await rolloutTargets(named, { context, session });
  const shown = await readRollouts(context, session, targets);
  if (format === 'table') {
    shown.forEach((one) => {
      printRollout(context, one);
    });
  } else {
    const documents = shown.map(({ rollout, entries }) => ({ ...rollout, workspaces: entries }));
    print(
      context,
      await renderStructured(named === undefined ? { items: documents } : documents[0], format),
    );
  }
  return shown.some(isFailed) ? EXIT.failure : EXIT.ok;
}

/** Read from the statuses of all namespaces: a class has its workspaces in any. */
async function readRollouts(
  { clock }: Context,
  { client, namespace }: Session,
  targets: readonly RolloutTarget[],
): Promise<readonly Shown[]> {
  const rollouts = await Promise.all(
    targets.map(async (target) => {
      const path = rolloutPath(target.kind, namespace, target.name);
      return { target, rollout: await client.call<Rollout>(path) };
    }),
  );
  const workspaces = await listWorkspaces(client, { namespace: undefined });
  const now = clock.now();
  return rollouts.map(({ target, rollout }) => {
    const members = workspaces.filter((one) => isMember(one, rollout));
    return { target, rollout, entries: computeRollout(members, now) };
  });
}

function printRollout(context: Context, { target, rollout, entries }: Shown): void {
  if (entries.length === 0) {
    warn(context, `no workspace is of ${describeTarget(target)}`);
  }
  const now = context.clock.now();
  renderRollout(rollout, entries, {
    ...{ what: describeTarget(target), flag: flagOf(target), now },
  }).forEach((line) => {
    print(context, line);
  });
}

function isMember(workspace: WorkspaceObject, { kind, name, uid }: Rollout): boolean {
  return kind === 'Org' ? workspace.metadata.ownerUid === uid : classOf(workspace) === name;
}

function isFailed({ entries, rollout: { down } }: Shown): boolean {
  const hasFailed = entries.some(({ state }) => state === 'Failed');
  return hasFailed || down.some(({ failure }) => failure?.stops);
}

import type { Command } from 'commander';
import { CLUSTER_SCOPE, type Declaration } from '../../api/objects.ts';
import { API_VERSION } from '../../api/schema.ts';
import type { ApplyAnswer, ApplyRequest } from '../../server/contract.ts';
import { usageError } from '../cli-error.ts';
import type { Context } from '../context.ts';
import { refuseOtherNamespaces } from './declared-namespaces.ts';
import { withFileFlag } from './file-flag.ts';
import { readDeclarations } from './manifests.ts';
import { PATHS } from '../paths.ts';
import type { Session } from '../session.ts';
import { isFlagSet, listFlag, textFlag, type Typed } from '../verb.ts';

/** Flags of every verb that sends manifests. */
export function withApplyFlags(command: Command): Command {
  return withFileFlag(command)
    .allowExcessArguments()
    .option('--prune', 'delete what the apply set owns and these manifests do not declare')
    .option('--apply-set <name>', 'owner of what is declared (default: cli)');
}

/** Reads the manifests and sends them. Throws a usage error with all their problems before anything is sent. */
export async function sendApply(
  context: Context,
  typed: Typed,
  { session, dryRun }: { readonly session: Session; readonly dryRun: boolean },
): Promise<ApplyAnswer> {
  refuseOperands(typed);
  const declarations = await readDeclarations(context, listFlag(typed, 'filename'));
  refuseOtherNamespaces(typed, declarations);
  const applySet = textFlag(typed, 'applySet');
  const request: ApplyRequest = {
    ...(applySet === undefined ? {} : { applySet }),
    documents: declarations.map(toManifest),
    directories: directoriesOf(declarations),
    prune: isFlagSet(typed, 'prune'),
    dryRun,
  };
  return session.client.call<ApplyAnswer>(PATHS.apply, { method: 'POST', body: request });
}

/** Files are flags, as with kubectl: what was meant is named. */
function refuseOperands({ operands }: Typed): void {
  if (operands.length > 0) {
    throw usageError(`files are named with -f: ${operands.map((path) => `-f ${path}`).join(' ')}`);
  }
}

/** The declaration as people write it. */
function toManifest({ kind, namespace, name, labels, annotations, spec }: Declaration): object {
  return {
    apiVersion: API_VERSION,
    kind,
    metadata: {
      name,
      ...(namespace === CLUSTER_SCOPE ? {} : { namespace }),
      ...(Object.keys(labels).length === 0 ? {} : { labels }),
      ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
    },
    spec,
  };
}

function directoriesOf(
  declarations: readonly Declaration[],
): NonNullable<ApplyRequest['directories']> {
  return Object.fromEntries(
    declarations.flatMap(({ directories }, index) =>
      directories === undefined ? [] : [[String(index), directories]],
    ),
  );
}

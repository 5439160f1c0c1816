import type { Command } from 'commander';
import type { WorkspaceObject } from '../../server/contract.ts';
import { CliError, usageError } from '../cli-error.ts';
import { print, warn, type Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { parseWorkspace } from '../kinds.ts';
import { listWorkspaces } from '../objects.ts';
import { renderTree } from '../output/tree-lines.ts';
import { openSession } from '../session.ts';
import { isFlagSet, type Bind, type Typed } from '../verb.ts';
import { keyOf } from '../watch.ts';

export function define(command: Command, bind: Bind): void {
  command
    .argument('[names...]', 'only the trees below these workspaces')
    .option('--all', 'draw what folded workspaces hide, too')
    .option('-A, --all-namespaces', 'of all namespaces')
    .action(bind(tree));
}

async function tree(context: Context, typed: Typed): Promise<ExitCode> {
  const { client, namespace, style } = await openSession(context, typed);
  const everywhere = isFlagSet(typed, 'allNamespaces');
  const roots = typed.operands.map((word) => `${namespace}/${parseWorkspace(word)}`);
  if (everywhere && roots.length > 0) {
    throw usageError('a name and -A contradict each other: name the namespace with -n');
  }
  const workspaces = await listWorkspaces(client, {
    namespace: everywhere ? undefined : namespace,
  });
  refuseMissing(roots, workspaces);
  const view = { style, unfold: isFlagSet(typed, 'all'), withNamespace: everywhere };
  renderTree(workspaces, { ...view, ...(roots.length > 0 ? { roots } : {}) }).forEach((line) => {
    print(context, line);
  });
  if (workspaces.length === 0) {
    warn(context, `no workspaces found${everywhere ? '' : ` in namespace ${namespace}`}`);
  }
  return EXIT.ok;
}

function refuseMissing(roots: readonly string[], workspaces: readonly WorkspaceObject[]): void {
  const keys = new Set(workspaces.map(keyOf));
  const missing = roots.filter((root) => !keys.has(root));
  if (missing.length > 0) {
    throw new CliError(
      missing.map((root) => `workspace ${root} does not exist`).join('\n'),
      EXIT.notFound,
    );
  }
}

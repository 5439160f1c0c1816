import { print, warn, type Context } from '../context.ts';
import { forEachNamed, patchWorkspace } from './edit.ts';
import type { ExitCode } from '../exit-codes.ts';
import type { Typed } from '../verb.ts';

/** Folds or unfolds workspaces in pictures of the tree; never touches compute. */
export function fold(context: Context, typed: Typed, collapsed: boolean): Promise<ExitCode> {
  return forEachNamed(context, typed, async ({ client, namespace }, name) => {
    const { metadata } = await patchWorkspace(client, { namespace, name }, { collapsed });
    print(context, `workspace/${name} ${collapsed ? 'collapsed' : 'expanded'}`);
    if (metadata.origin !== undefined) {
      warn(
        context,
        `if ${metadata.origin} names "collapsed", the next edit of that file sets it again`,
      );
    }
  });
}

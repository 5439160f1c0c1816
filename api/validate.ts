import type { Declaration } from './objects.ts';
import { checkManifest } from './validation/check-manifest.ts';
import { formatPath } from './validation/path.ts';

/** One field that is wrong, by its path as a person writes it: `spec.files[0].directory`; '' for the whole. */
export interface ValidationProblem {
  readonly path: string;
  readonly message: string;
}

export type Validated =
  { readonly declaration: Declaration } | { readonly problems: readonly ValidationProblem[] };

/**
 * One manifest as JSON (the body of a request, an object of a Kubernetes API): the declaration in it, or everything
 * that is wrong with it. Fields that a server adds to metadata, and `status`, are ignored. Never throws.
 */
export function validateDeclaration(raw: unknown): Validated {
  const checked = checkManifest(raw);
  return 'declaration' in checked
    ? checked
    : {
        problems: checked.problems.map(({ path, message }) => ({
          path: formatPath(path),
          message,
        })),
      };
}

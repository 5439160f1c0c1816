import { formatProblem, readManifests } from '../../../api/manifests/read-manifests.ts';

/** First lines of a manifest; the next line is line 4. */
export const HEADER = 'apiVersion: treeline.dev/v1alpha1\nkind: Workspace\nmetadata: {name: ada}\n';

/** A valid workspace with `spec` as its last line. */
export function workspaceYaml(spec = '{}', name = 'ada'): string {
  return `apiVersion: treeline.dev/v1alpha1\nkind: Workspace\nmetadata: {name: ${name}}\nspec: ${spec}\n`;
}

/** The problems of a file `team.yaml` as they are printed. */
export function problemsOf(text: string): string[] {
  return read(text).problems.map(formatProblem);
}

export function read(text: string) {
  return readManifests('team.yaml', Buffer.from(text));
}

/** The names of the workspaces that a file declares. */
export function namesIn(text: string): string[] {
  return read(text).documents.map(({ declaration }) => declaration.name);
}

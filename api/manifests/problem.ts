/** One thing that is wrong with a manifest, and where. */
export interface Problem {
  /** As given to `readManifests`. */
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based, in UTF-16 code units. */
  readonly column: number;
  /** As a person writes it: `spec.files[0].directory`; '' for the file or document as a whole. */
  readonly path: string;
  readonly message: string;
}

/** `team.yaml:12:9: spec.tier: must be <= 4 (got 7)`. */
export function formatProblem({ file, line, column, path, message }: Problem): string {
  const field = path === '' ? '' : `${path}: `;
  return `${file}:${line}:${column}: ${field}${message}`;
}

import { describeDeclaration, type Declaration, type DeclarationOf } from '../api/objects.ts';
import { validateDeclaration } from '../api/validate.ts';
import type { ApplyRequest, RequestProblem } from './contract.ts';
import { directoryProblems, type Directories } from './directory-texts.ts';
import { holdsUnstorableText, UNSTORABLE } from '../store/declared-object.ts';
import { Problem } from './problem.ts';

/** Longer than kind, namespace and name of anything valid. */
const MAX_NAME_LENGTH = 200;

type Parsed =
  | { readonly declaration: Declaration }
  | { readonly object: string | undefined; readonly problems: readonly RequestProblem[] };

/** Problems in one answer; a person reads no more, and ten thousand hopeless documents stay a small answer. */
const MAX_PROBLEMS = 1000;

/** Declarations of all documents, in their order. Throws a 422 `Problem` that lists what is wrong with every one of them. */
export function parseDocuments({
  documents,
  directories = {},
}: Pick<ApplyRequest, 'documents' | 'directories'>): readonly Declaration[] {
  const parsed = documents.map((document, index) => parse(document, directories[index] ?? {}));
  assertNoProblems(
    parsed.flatMap((one, document) =>
      'problems' in one ? one.problems.map((problem) => ({ document, ...problem })) : [],
    ),
  );
  return parsed.flatMap((one) => ('declaration' in one ? [one.declaration] : []));
}

/** The workspace in an edited manifest, whose folders' text is known. Throws a 422 `Problem` with all that is wrong. */
export function parseWorkspace(
  manifest: unknown,
  directories: Directories,
): DeclarationOf<'Workspace'> {
  const parsed = parse(manifest, directories);
  assertNoProblems('problems' in parsed ? parsed.problems : storingProblems(parsed.declaration));
  return (parsed as { readonly declaration: DeclarationOf<'Workspace'> }).declaration;
}

function parse(document: unknown, directories: Directories): Parsed {
  const validated = validateDeclaration(document);
  if ('problems' in validated) {
    return withObject(nameOf(document), validated.problems);
  }
  const declaration = { ...validated.declaration, directories };
  const problems = directoryProblems(declaration);
  return problems.length > 0
    ? withObject(describeDeclaration(declaration), problems)
    : { declaration };
}

/** Applying a set refuses such an object and goes on with the others; an edit is of one object alone. */
function storingProblems(declaration: Declaration): readonly RequestProblem[] {
  const { directories = {}, ...rest } = declaration;
  const path = '';
  return holdsUnstorableText({ ...rest, directories, spec: { ...rest.spec } })
    ? [{ path, message: UNSTORABLE }]
    : [];
}

function withObject(object: string | undefined, problems: readonly RequestProblem[]): Parsed {
  return {
    object,
    problems: problems.map((problem) => ({ ...(object !== undefined && { object }), ...problem })),
  };
}

function assertNoProblems(problems: readonly RequestProblem[]): void {
  if (problems.length > 0) {
    throw new Problem(
      422,
      'InvalidDocument',
      `${problems.length} problems in the documents; nothing was changed`,
      { extensions: { problems: problems.slice(0, MAX_PROBLEMS) } },
    );
  }
}

/** `Workspace default/ada` of a document that is not valid, as far as it can be told. */
function nameOf(document: unknown): string | undefined {
  const { kind, metadata } = Object(document) as Record<string, unknown>;
  const { namespace, name } = Object(metadata) as Record<string, unknown>;
  if (typeof kind !== 'string' || typeof name !== 'string') {
    return undefined;
  }
  const place = typeof namespace === 'string' ? `${namespace}/` : '';
  return `${kind} ${place}${name}`.slice(0, MAX_NAME_LENGTH);
}

import type { AcceptedReason } from '../../api/conditions.ts';
import {
  findUnsupportedAnnotations,
  findUnsupportedClassFields,
  findUnsupportedFields,
} from '../../api/unsupported-fields.ts';
import type { WorkspaceView } from '../../store/workspace-view.ts';
import { runtimesOf, wantedOf, type Wanted } from '../../provisioning/wanted.ts';
import { lineageOf, type Lineage } from './lineage.ts';

/** Whether a declaration can be resolved, and to what. */
export type Acceptance =
  | { readonly isAccepted: true; readonly lineage: Lineage; readonly wanted: Wanted }
  | {
      readonly isAccepted: false;
      readonly lineage: Lineage;
      readonly reason: AcceptedReason;
      readonly message: string;
      /** Known when everything but the place in the tree is right. */
      readonly wanted?: Wanted;
    };

/** What an acceptance depends on beside the records. */
export interface AcceptanceContext {
  readonly hasBackend: (key: string) => boolean;
  /** The database belongs to another installation: nothing may be launched or deleted. */
  readonly installationMismatch?: string;
}

interface Refusal {
  readonly reason: AcceptedReason;
  readonly message: string;
}

/** Resolves class and place in the tree. The first problem is the one that is shown. Pure. */
export function accept(view: WorkspaceView, context: AcceptanceContext): Acceptance {
  const { record } = view;
  const lineage = lineageOf(
    { ...record, isPaused: record.spec.desiredState === 'Paused', isDeleting: false },
    view.ancestors,
  );
  const unsupported = [
    ...findUnsupportedFields(record.spec).map((field) => `spec.${field}`),
    ...findUnsupportedAnnotations(record.annotations).map((name) => `annotation ${name}`),
  ];
  if (unsupported.length > 0) {
    return { isAccepted: false, lineage, reason: 'InvalidSpec', message: notBuilt(unsupported) };
  }
  const resolved = resolveClass(view, context);
  if ('reason' in resolved) {
    return { isAccepted: false, lineage, ...resolved };
  }
  const refusal = mismatch(context) ?? lineage.problem;
  return refusal === undefined
    ? { isAccepted: true, lineage, wanted: resolved }
    : { isAccepted: false, lineage, wanted: resolved, ...refusal };
}

function mismatch({ installationMismatch }: AcceptanceContext): Refusal | undefined {
  return installationMismatch === undefined
    ? undefined
    : { reason: 'InstallationMismatch', message: installationMismatch };
}

function resolveClass(view: WorkspaceView, context: AcceptanceContext): Wanted | Refusal {
  const { record, classes } = view;
  const [workspaceClass, another] = classes;
  if (workspaceClass === undefined) {
    return {
      reason: 'ClassNotFound',
      message:
        record.spec.className === undefined
          ? 'it names no class and no class is the default'
          : `class "${record.spec.className}" does not exist`,
    };
  }
  if (another !== undefined) {
    const names = classes.map(({ name }) => `"${name}"`).join(', ');
    return { reason: 'ClassNotFound', message: `more than one class is the default: ${names}` };
  }
  const wanted = wantedOf(record, workspaceClass);
  return backendProblem(wanted, context) ?? classProblem(wanted) ?? wanted;
}

/** A limit or a deadline that nobody keeps would be worse than none (design §3: refused by name, never ignored). */
function classProblem({ className, classSpec }: Wanted): Refusal | undefined {
  const unsupported = findUnsupportedClassFields(classSpec);
  return unsupported.length === 0
    ? undefined
    : {
        reason: 'InvalidSpec',
        message: `class "${className}": ${notBuilt(unsupported.map((field) => `spec.${field}`))}`,
      };
}

function notBuilt(names: readonly string[]): string {
  return `not built yet: ${names.join(', ')}`;
}

function backendProblem(wanted: Wanted, { hasBackend }: AcceptanceContext): Refusal | undefined {
  if (!hasBackend(wanted.backend)) {
    return {
      reason: 'BackendUnavailable',
      message: `class "${wanted.className}" wants backend "${wanted.backend}", which is not configured here`,
    };
  }
  const known = runtimesOf(wanted.classSpec.process);
  if (wanted.backend === 'process' && !known.includes(wanted.runtime)) {
    return {
      reason: 'InvalidSpec',
      message: `class "${wanted.className}" has no runtime "${wanted.runtime}" (it has: ${known.join(', ')})`,
    };
  }
  return undefined;
}

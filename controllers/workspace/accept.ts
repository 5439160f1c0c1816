import type { AcceptedReason } from '../../api/conditions.ts';
import {
  findUnsupportedAnnotations,
  findUnsupportedClassFields,
  findUnsupportedFields,
} from '../../api/unsupported-fields.ts';
import { runtimesOf } from '../../api/workspace-class.ts';
import type { ClassVersion, WorkspaceView } from '../../store/workspace-view.ts';
import type { Draft, LaunchSource, Refusal } from '../../provisioning/draft.ts';
import { draftLaunch, findMissingEnv } from '../../provisioning/pipeline.ts';
import {
  wantedElsewhereOf,
  wantedOf,
  type Wanted,
  type WantedElsewhere,
} from '../../provisioning/wanted.ts';
import type { SecretReader } from '../../sources/source.ts';
import { lineageOf, type Lineage } from './lineage.ts';

/** Whether a declaration can be resolved, and to what. */
export type Acceptance =
  | ({ readonly isAccepted: true; readonly lineage: Lineage } & Resolved)
  | {
      readonly isAccepted: false;
      readonly lineage: Lineage;
      readonly reason: AcceptedReason;
      readonly message: string;
      /** These are known when everything but the place in the tree is right. */
      readonly wanted?: Wanted;
      readonly elsewhere?: WantedElsewhere;
    };

/** What it comes to: an instance of a class, or an agent that runs elsewhere. */
type Resolved = (
  | { readonly wanted: Wanted; readonly elsewhere?: undefined }
  | { readonly wanted?: undefined; readonly elsewhere: WantedElsewhere }
) & {
  /** What a launch in this pass is rendered from. Holds secrets: never logged. */
  readonly draft?: Draft;
  /** What env mutators are known to have added before. As secret as the draft. */
  readonly minted?: readonly string[];
};

/** What an acceptance depends on beside the records. */
export interface AcceptanceContext {
  readonly hasBackend: (key: string) => boolean;
  readonly secrets: SecretReader;
  /** Where agents find this controller. */
  readonly platformUrl: () => string;
  /** What is required may still be added at launch, so it is not missed before. */
  readonly hasMutators: boolean;
  /** As `MintedValues.of`. Default: nothing. */
  readonly mintedOf?: (uid: string) => readonly string[];
  /** Why the controller may not call an agent at this declared URL, as far as its text tells; undefined when it may. */
  readonly refuseUrl: (url: string) => string | undefined;
  /** The database belongs to another installation: nothing may be launched or deleted. */
  readonly installationMismatch?: string;
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
    ...findUnsupportedFields(view.template?.spec ?? {}).map((field) => `template spec.${field}`),
    ...findUnsupportedAnnotations(record.annotations).map((name) => `annotation ${name}`),
  ];
  if (unsupported.length > 0) {
    return { isAccepted: false, lineage, reason: 'InvalidSpec', message: notBuilt(unsupported) };
  }
  const resolved = resolve(view, context);
  if ('reason' in resolved) {
    return { isAccepted: false, lineage, ...resolved };
  }
  const refusal = mismatch(context) ?? lineage.problem;
  if (refusal === undefined) {
    return { isAccepted: true, lineage, ...resolved, ...mintedFor(record.uid, context) };
  }
  const { wanted, elsewhere } = resolved;
  return {
    ...{ isAccepted: false, lineage, ...refusal },
    ...(wanted !== undefined && { wanted }),
    ...(elsewhere !== undefined && { elsewhere }),
  };
}

function mintedFor(uid: string, { mintedOf }: AcceptanceContext): Pick<Resolved, 'minted'> {
  return mintedOf === undefined ? {} : { minted: mintedOf(uid) };
}

function mismatch({ installationMismatch }: AcceptanceContext): Refusal | undefined {
  return installationMismatch === undefined
    ? undefined
    : { reason: 'InstallationMismatch', message: installationMismatch };
}

function resolveClass({ record, classes }: WorkspaceView): ClassVersion | Refusal {
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
  return workspaceClass;
}

/** What it comes to, with every layer merged and every secret read. */
function resolve(view: WorkspaceView, context: AcceptanceContext): Resolved | Refusal {
  const draft = draftOf(view, context);
  if ('reason' in draft) {
    return draft;
  }
  const missing = context.hasMutators ? undefined : findMissingEnv(draft);
  if (draft.workspaceClass === undefined) {
    const elsewhere = wantedElsewhereOf(draft);
    return urlProblem(elsewhere, context) ?? missing ?? { elsewhere, draft };
  }
  const wanted = wantedOf(draft, draft.workspaceClass);
  return backendProblem(wanted, context) ?? classProblem(wanted) ?? missing ?? { wanted, draft };
}

/** A declaration must not make the controller call what only its own network reaches. */
function urlProblem(
  { url }: WantedElsewhere,
  { refuseUrl }: AcceptanceContext,
): Refusal | undefined {
  const why = url === undefined ? undefined : refuseUrl(url);
  return why === undefined
    ? undefined
    : { reason: 'InvalidSpec', message: `spec.external.url ${why}` };
}

/** The steps of the pipeline that need nothing but memory. Pure; the same for a decision and for the launch after it. */
export function draftOf(view: WorkspaceView, context: SourceContext): Draft | Refusal {
  const source = launchSourceOf(view, context);
  return 'reason' in source ? source : draftLaunch(source);
}

type SourceContext = Pick<AcceptanceContext, 'secrets' | 'platformUrl'>;

/** What the pipeline begins with, or which of it does not exist. */
export function launchSourceOf(
  view: WorkspaceView,
  { secrets, platformUrl }: SourceContext,
): LaunchSource | Refusal {
  const { record, template } = view;
  const workspaceClass = record.spec.external === undefined ? resolveClass(view) : undefined;
  if (workspaceClass !== undefined && 'reason' in workspaceClass) {
    return workspaceClass;
  }
  const templateName = record.spec.templateRef?.name;
  if (templateName !== undefined && template === undefined) {
    return { reason: 'TemplateNotFound', message: `template "${templateName}" does not exist` };
  }
  return {
    record,
    ...(workspaceClass !== undefined && { workspaceClass }),
    platformUrl: platformUrl(),
    ...(template !== undefined && { template }),
    secrets: secrets.snapshot(),
  };
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
  const known = Object.keys(runtimesOf(wanted.classSpec)).sort();
  if (!known.includes(wanted.runtime)) {
    return {
      reason: 'InvalidSpec',
      message: `class "${wanted.className}" has no runtime "${wanted.runtime}" (it has: ${known.join(', ')})`,
    };
  }
  return undefined;
}

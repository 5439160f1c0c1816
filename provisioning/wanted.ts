import { backendKeyOf, runtimesOf, type WorkspaceClassSpec } from '../api/workspace-class.ts';
import { hashOf } from '../lib/hash.ts';
import type { ClassVersion } from '../store/workspace-view.ts';
import type { Draft } from './draft.ts';

/** What an agent is given wherever it runs, after all layers were merged. */
export interface WantedContent {
  readonly runtime: string;
  readonly tier: number;
  readonly model: string;
  readonly templateName?: string;
  /** Keyed hash of what a restart can change: env and files. */
  readonly configHash: string;
}

/** What is known of an agent that runs elsewhere. */
export interface WantedElsewhere extends WantedContent {
  /** Where its declaration says that it listens. */
  readonly url?: string;
}

/** What a workspace is to run, after all layers were merged. */
export interface Wanted extends WantedContent {
  readonly className: string;
  readonly classSpec: WorkspaceClassSpec;
  /** Key of the backend: `backendKeyOf` the class. */
  readonly backend: string;
  /** What it counts in the quota of its class; 1000 is one vCPU. */
  readonly milliCpus: number;
  /** Its agent registers and beats; else it is ready when it runs and its port answers. */
  readonly registers: boolean;
  readonly provisionTimeoutSeconds: number;
  /** None: never. */
  readonly hibernateAfterSeconds?: number;
  /** Hash of what only a new instance can change: class, runtime, command, tier and its limits. */
  readonly inputsHash: string;
}

/**
 * `inputsHash` takes the parts of the class that a launch uses and not its generation: a new quota is no reason to
 * replace every instance (docs/adr/0002, 5). Pure, so that drift is decided without asking anybody.
 */
export function wantedOf(draft: Draft, { name: className, spec: classSpec }: ClassVersion): Wanted {
  const backend = backendKeyOf(classSpec);
  const { runtime, tier, provisionTimeoutSeconds, hibernateAfterSeconds } = draft.merged;
  const limits = classSpec.tiers?.[String(tier) as '1' | '2' | '3' | '4'];
  const start = runtimesOf(classSpec)[runtime];
  const machine = machineOf(classSpec, tier);
  return {
    ...contentOf(draft),
    ...{ className, classSpec, backend, provisionTimeoutSeconds },
    ...(hibernateAfterSeconds !== undefined && { hibernateAfterSeconds }),
    milliCpus: MILLI_CPUS_BY_TIER[tier] ?? MILLI_CPUS_BY_TIER[2],
    registers: classSpec.readiness !== 'Running',
    inputsHash: hashOf({ className, backend, runtime, tier, limits, start, machine }),
  };
}

/** Of an agent that runs elsewhere, whose draft has no class. Pure. */
export function wantedElsewhereOf(draft: Draft): WantedElsewhere {
  const url = draft.record.spec.external?.url;
  return { ...contentOf(draft), ...(url !== undefined && { url }) };
}

function contentOf({ template, merged, configHash }: Draft): WantedContent {
  const { runtime, tier, model } = merged;
  return {
    ...{ runtime, tier, model, configHash },
    ...(template !== undefined && { templateName: template.name }),
  };
}

/** lessons.md, 2.5; tier 1 has no limit and counts as one. */
const MILLI_CPUS_BY_TIER: Readonly<Record<number, number>> & { readonly 2: number } = {
  1: 1000,
  2: 1000,
  3: 2000,
  4: 4000,
};

/** What of an EC2 class only a new instance can change; another runtime's command or another tier's types are none of it. */
function machineOf({ ec2 }: WorkspaceClassSpec, tier: number): unknown {
  if (ec2 === undefined) {
    return undefined;
  }
  const instanceTypes = ec2.instanceTypes[String(tier) as '1' | '2' | '3' | '4'];
  return { ...ec2, instanceTypes, runtimes: undefined, tags: undefined };
}

import type { Backend } from '../../backends/backend.ts';
import type { PlanInput } from './situation.ts';
import type { Step } from './step.ts';

/** What the plan has to know of the backend of the open attempt, or of the one that would be launched on. */
export function timingOf(
  { view, acceptance: { wanted } }: Step,
  backends: ReadonlyMap<string, Backend>,
): Pick<PlanInput, 'timing' | 'replacesAutomatically'> {
  const open = view.launches.find(({ state }) => state !== 'closed');
  const backend = backends.get(open?.backend ?? wanted?.backend ?? '') ?? NO_BACKEND;
  const replace = wanted?.classSpec.rollout?.replace;
  return {
    timing: backend,
    replacesAutomatically:
      (replace ?? (backend.keepsState ? 'Automatic' : 'Manual')) === 'Automatic',
  };
}

/** Its observation is unknown, so nothing is decided from these. */
const NO_BACKEND = { settleSeconds: Infinity, callLifetimeSeconds: Infinity, keepsState: false };

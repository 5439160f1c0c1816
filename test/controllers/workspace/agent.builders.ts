import type { Wanted } from '../../../provisioning/wanted.ts';
import type { Hibernation } from '../../../store/workspace-facts.ts';
import type { AgentReport } from '../../../store/workspace-view.ts';
import { ACCEPTED, WANTED, ago, type Accepted } from './builders.ts';

/** An agent that has just beaten, and was active a minute ago. */
export function report(overrides: Partial<AgentReport> = {}): AgentReport {
  return {
    heartbeatAt: ago(5),
    activityAt: ago(60),
    activeTasks: 0,
    isDegraded: false,
    errorRate: 0,
    runtimeState: '',
    ...overrides,
  };
}

/** Accepted, of a class whose agents register. */
export function registering(wanted: Partial<Wanted> = {}): Accepted {
  return { ...ACCEPTED, wanted: { ...WANTED, registers: true, ...wanted } };
}

/** A claim of ten seconds ago, of an idle one. */
export function claim(overrides: Partial<Hibernation> = {}): Hibernation {
  return {
    claimedAt: ago(10).toISOString(),
    reason: 'Idle',
    generation: 1,
    wakeRequest: '',
    ...overrides,
  };
}

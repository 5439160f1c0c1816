import type { CrashScenario } from './crash-case.ts';
import { AGENT_SCENARIOS } from './crash-scenarios-agents.ts';
import { BOOTSTRAP_SCENARIOS } from './crash-scenarios-bootstrap.ts';
import { REGISTERING_SCENARIOS } from './crash-scenarios-registering.ts';
import { ROLLOUT_SCENARIOS } from './crash-scenarios-rollout.ts';
import { DECLARING_SCENARIOS } from './crash-scenarios-declaring.ts';
import { END_SCENARIOS } from './crash-scenarios-end.ts';
import { LIFE_SCENARIOS } from './crash-scenarios-life.ts';
import { TROUBLE_SCENARIOS } from './crash-scenarios-trouble.ts';

/** Every scenario; a test file of its own for each group shares them among the workers. */
export const CRASH_SCENARIOS: readonly CrashScenario[] = [
  ...LIFE_SCENARIOS,
  ...TROUBLE_SCENARIOS,
  ...END_SCENARIOS,
  ...DECLARING_SCENARIOS,
  ...AGENT_SCENARIOS,
  ...REGISTERING_SCENARIOS,
  ...BOOTSTRAP_SCENARIOS,
  ...ROLLOUT_SCENARIOS,
];

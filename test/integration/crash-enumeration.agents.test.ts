import { enumerateCrashes } from './enumerate-crashes.ts';
import { AGENT_SCENARIOS } from './crash-scenarios-agents.ts';
import { ROLLOUT_SCENARIOS } from './crash-scenarios-rollout.ts';

enumerateCrashes([...AGENT_SCENARIOS, ...ROLLOUT_SCENARIOS], 300);

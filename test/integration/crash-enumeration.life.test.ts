import { enumerateCrashes } from './enumerate-crashes.ts';
import { DECLARING_SCENARIOS } from './crash-scenarios-declaring.ts';
import { LIFE_SCENARIOS } from './crash-scenarios-life.ts';

enumerateCrashes([...LIFE_SCENARIOS, ...DECLARING_SCENARIOS], 370);

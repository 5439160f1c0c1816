import { enumerateCrashes } from './enumerate-crashes.ts';
import { TROUBLE_SCENARIOS } from './crash-scenarios-trouble.ts';

enumerateCrashes(TROUBLE_SCENARIOS, 255);

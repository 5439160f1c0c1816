import { enumerateCrashes } from './enumerate-crashes.ts';
import { REGISTERING_SCENARIOS } from './crash-scenarios-registering.ts';

enumerateCrashes(REGISTERING_SCENARIOS, 520);

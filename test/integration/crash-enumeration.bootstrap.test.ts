import { BOOTSTRAP_SCENARIOS } from './crash-scenarios-bootstrap.ts';
import { enumerateCrashes } from './enumerate-crashes.ts';

enumerateCrashes(BOOTSTRAP_SCENARIOS, 90);

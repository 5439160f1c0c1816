import { enumerateCrashes } from './enumerate-crashes.ts';
import { END_SCENARIOS } from './crash-scenarios-end.ts';

enumerateCrashes(END_SCENARIOS, 355);

import { testSequences } from './play-test.ts';

// Several connections: transactions wait for each other, in another order in each run.
testSequences('keeps every promise to agents that register, where passes also meet in PostgreSQL', {
  share: 0.1,
  connections: 4,
  readiness: 'Registered',
});

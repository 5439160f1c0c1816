import { testSequences } from './play-test.ts';

// One connection: the same sequence happens in the same order in every run.
testSequences('keeps every promise to agents that register', {
  share: 0.4,
  connections: 1,
  readiness: 'Registered',
});

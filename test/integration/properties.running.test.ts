import { testSequences } from './play-test.ts';

// One connection: the same sequence happens in the same order in every run.
testSequences('keeps every promise to workloads that only run', {
  share: 0.4,
  connections: 1,
  readiness: 'Running',
});

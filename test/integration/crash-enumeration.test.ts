import { expect, it } from '@jest/globals';
import type { ActionKind } from './crash-case.ts';
import { CRASH_SCENARIOS } from './crash-scenarios.ts';

/** A forgotten action does not compile. */
const ACTIONS: Readonly<Record<ActionKind, true>> = {
  Prepare: true,
  Launch: true,
  StoreLaunched: true,
  Adopt: true,
  Stop: true,
  Start: true,
  RecordExit: true,
  ClearFailures: true,
  TimeOut: true,
  Hibernate: true,
  KeepAwake: true,
  Replace: true,
  Terminate: true,
  CloseAttempt: true,
  VerifyAbsent: true,
  Release: true,
  OpenExternal: true,
  CloseExternal: true,
};

it('dies within every action', () => {
  const covered = new Set(CRASH_SCENARIOS.flatMap(({ actions }) => actions));

  expect([...covered].sort()).toEqual(Object.keys(ACTIONS).sort());
});

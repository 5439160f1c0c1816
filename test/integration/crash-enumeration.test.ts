import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Harness } from '../support/harness.ts';
import { crashAndRecover, crashesOf, record, type ActionKind } from './crash-case.ts';
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

/** Fewer cases than that: something is not enumerated any more. */
const LEAST_CASES = 500;

/** Several times what the longest takes on two busy cores. */
const LONGEST_SCENARIO_MS = 240_000;

describe('a process that dies at any call to PostgreSQL or a backend', () => {
  let harness: Harness;
  let cases = 0;
  const startedAt = performance.now();

  beforeAll(async () => {
    // One connection: every call comes in the same order in every run.
    harness = await Harness.start({ connections: 1, logLevel: 'info' });
  });

  afterAll(async () => {
    await harness[Symbol.asyncDispose]();
    const seconds = Math.round((performance.now() - startedAt) / 1000);
    process.stdout.write(`crash enumeration: ${cases} cases in ${seconds} s\n`);
  });

  it.each(CRASH_SCENARIOS)(
    'leaves one instance of each workspace after a restart: $name',
    async (scenario) => {
      const recording = await record(harness, scenario);
      const crashes = crashesOf(recording);

      for (const crash of crashes) {
        const name = recording.points[crash.at]?.name ?? 'none';
        await crashAndRecover(harness, scenario, { crash, name }).catch((error: unknown) => {
          throw new Error(`died ${crash.when} call ${crash.at}, ${name}`, { cause: error });
        });
        cases += 1;
      }

      expect(recording.actions).toEqual(expect.arrayContaining([...scenario.actions]));
      expect(recording.points.length).toBeGreaterThanOrEqual(scenario.leastPoints);
    },
    LONGEST_SCENARIO_MS,
  );

  it('has died within every action, and often enough', () => {
    const covered = new Set(CRASH_SCENARIOS.flatMap(({ actions }) => actions));

    expect([...covered].sort()).toEqual(Object.keys(ACTIONS).sort());
    expect(cases).toBeGreaterThanOrEqual(LEAST_CASES);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { crashAndRecover, crashesOf, record, type CrashScenario } from './crash-case.ts';
import { Stage } from './stage.ts';

/** Of one scenario, whose 170 cases a busy machine may take for longer than a test has elsewhere. */
const TIMEOUT_MS = 600_000;

/**
 * Registers one test for each scenario, in which a process dies at every one of its calls. Fewer cases than `leastCases`:
 * something is not enumerated any more.
 */
export function enumerateCrashes(scenarios: readonly CrashScenario[], leastCases: number): void {
  describe('a process that dies at any call to PostgreSQL or a backend', () => {
    let stage: Stage;
    let cases = 0;
    const startedAt = performance.now();

    beforeAll(async () => {
      // One connection: every call comes in the same order in every run. At debug every action is told.
      stage = await Stage.open({ connections: 1, logLevel: 'debug' });
    });

    afterAll(async () => {
      await stage[Symbol.asyncDispose]();
      const seconds = Math.round((performance.now() - startedAt) / 1000);
      process.stdout.write(`crash enumeration: ${cases} cases in ${seconds} s\n`);
    });

    it.each(scenarios)(
      'leaves one instance of each workspace after a restart: $name',
      async (scenario) => {
        const recording = await record(stage, scenario);

        for (const crash of crashesOf(recording)) {
          await crashAndRecover(stage, scenario, { ...recording, crash }).catch(
            (error: unknown) => {
              const name = recording.points[crash.at]?.name;
              throw new Error(`died ${crash.when} call ${crash.at}, ${name}`, { cause: error });
            },
          );
          cases += 1;
        }

        expect(recording.actions).toEqual(expect.arrayContaining([...scenario.actions]));
        expect(recording.points.length).toBeGreaterThanOrEqual(scenario.leastPoints);
      },
      TIMEOUT_MS,
    );

    it('has died often enough', () => {
      expect(cases).toBeGreaterThanOrEqual(leastCases);
    });
  });
}

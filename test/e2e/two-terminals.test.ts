import { expect, it } from '@jest/globals';
import { sample, sampleClass, toYaml } from '../support/agent-manifests.ts';
import { Installation } from '../support/installation.ts';
import { online } from './team.ts';

/** By each of two terminals. */
const TIMES = 100;
const TEAM = online('ada', 'ben', 'cem');

it('applies the same folder from two terminals at once, a hundred times, with no step after the first', async () => {
  await using installation = await Installation.create();
  await installation.write(
    'team.yaml',
    toYaml(sampleClass(), ...Object.keys(TEAM).map((name) => sample(name))),
  );
  const controller = await installation.run();
  const terminal = async (times: number): Promise<readonly string[]> => {
    const said: string[] = [];
    for (let time = 0; time < times; time += 1) {
      const { code, stdout } = await installation.cli('apply -f manifests --prune');
      said.push(code === 0 ? stdout : `exit code ${code}`);
    }
    return said;
  };
  const both = async (times: number): Promise<readonly string[]> =>
    (await Promise.all([terminal(times), terminal(times)])).flat();

  const first = await both(1);
  await installation.settle(TEAM);
  const [instances, steps] = [installation.pids(), [...controller.actions]];
  const later = await both(TIMES - 1);
  await installation.settle(TEAM);

  // Of two that came first, one creates and the other finds everything there.
  const unchanged = first.find((said) => !said.includes('created'));
  expect(first.filter((said) => said.includes('created'))).toHaveLength(1);
  expect(new Set(later)).toEqual(new Set([unchanged]));
  expect(controller.actions).toEqual(steps);
  expect(installation.pids()).toEqual(instances);
  expect(instances.size).toBe(3);
}, 120_000);

import { expect, it } from '@jest/globals';
import type { EnvMutator } from '../../../provisioning/env-mutators.ts';
import { Harness } from '../../support/harness.ts';
import { processClass, workspace } from '../../support/manifests.ts';

const DEMO = workspace({ name: 'demo', requiredEnv: [{ name: 'GITHUB_TOKEN' }] });
const OTHER = workspace({ name: 'other' });

/** Mints another token for each start, and fails as long as it is told to. */
function minting(): { readonly mutator: EnvMutator; fails: boolean } {
  let minted = 0;
  const state = {
    fails: false,
    mutator: {
      name: 'github-token',
      mutate: () => {
        minted += 1;
        return state.fails
          ? Promise.reject(new Error('no such app'))
          : Promise.resolve({ GITHUB_TOKEN: `minted-${minted}` });
      },
    },
  };
  return state;
}

it('launches nothing when a mutator fails, says which and why, and goes on when it does not', async () => {
  const mint = minting();
  mint.fails = true;
  await using harness = await Harness.start({ mutators: [mint.mutator] });
  await harness.apply(processClass(), DEMO);
  await harness.look();
  await harness.advance(1);

  const before = await harness.condition('demo', 'Ready');
  const launched = harness.instances();
  mint.fails = false;
  await harness.settle();

  expect(before).toMatchObject({ status: 'False', reason: 'InvalidLaunchParameters' });
  expect(before?.message).toContain('env mutator "github-token": no such app');
  expect(launched).toEqual([]);
  expect(await harness.condition('demo', 'Ready')).toMatchObject({ status: 'True' });
});

it('restarts nobody because a mutator would answer another value', async () => {
  const { mutator } = minting();
  await using harness = await Harness.start({ mutators: [mutator] });
  await harness.apply(processClass(), DEMO, OTHER);
  await harness.settle();

  await harness.restart();
  await harness.settle();

  expect(harness.backend.calls.map(({ method }) => method)).toEqual(['launch', 'launch']);
});

it('shows nothing that a mutator added at any start of what its agent logged', async () => {
  const { mutator } = minting();
  await using harness = await Harness.start({ mutators: [mutator] });
  await harness.apply(processClass(), DEMO);
  await harness.settle();
  const [instance] = harness.instances();
  const id = instance?.id ?? '';
  const tokens = [1, 2].map((count) => `minted-${count}`);

  harness.backend.provider.writeLog(id, `refused: ${tokens.join(', ')}\n`);
  harness.backend.provider.exit(id, { code: 1 });
  await harness.look();

  expect(instance).toBeDefined();
  expect(await harness.status('demo')).toMatchObject({
    lastExit: { log: 'ready\nrefused: ***, ***\n' },
  });
});

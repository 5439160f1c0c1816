import { expect, it } from '@jest/globals';
import { showCounts } from '../../../cmd/wiring/show-counts.ts';
import { createMetrics } from '../../../lib/metrics.ts';
import { Harness } from '../../support/harness.ts';
import { processClass, workspace } from '../../support/manifests.ts';

it('shows how many workspaces say what, and forgets what nobody says any more', async () => {
  await using harness = await Harness.start();
  const { db, clock } = harness;
  const metrics = createMetrics();
  const texts: string[] = [];
  const show = async (): Promise<void> => {
    const stop = new AbortController();
    await showCounts({ db, clock, metrics }, stop.signal, () => {
      stop.abort();
    });
    texts.push(await metrics.text());
  };
  const lost = workspace({ name: 'ada', parentRef: { name: 'nobody' } });

  await harness.apply(processClass(), lost, workspace({ name: 'bob' }));
  await harness.settle();
  await show();
  await harness.apply(processClass(), workspace({ name: 'bob' }));
  await harness.settle();
  await show();
  metrics.close();

  const [first, second] = texts;
  const online = 'treeline_conditions{type="Ready",status="True",reason="Online"} 1';
  const orphan = 'treeline_conditions{type="Ready",status="False",reason="ParentNotFound"} 1';
  expect(first).toContain(online);
  expect(first).toContain(orphan);
  expect(second).toContain(online);
  expect(second).not.toContain(orphan);
});

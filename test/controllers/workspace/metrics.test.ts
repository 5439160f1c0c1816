import { expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { Harness } from '../../support/harness.ts';
import { processClass, workspace } from '../../support/manifests.ts';

it('counts launches, statuses and prevented duplicates, and how long a launch took', async () => {
  await using harness = await Harness.start();
  harness.backend.loseNextAnswer('launch');

  await harness.apply(processClass(), workspace({ name: 'ada' }), workspace({ name: 'bob' }));
  await harness.settle();

  const text = await harness.metrics.metrics.text();
  expect(text).toContain('treeline_launches_total{result="launched"} 1');
  expect(text).toContain('treeline_launches_total{result="in-doubt"} 1');
  expect(text).toContain('treeline_duplicates_prevented_total 1');
  expect(text).toContain('treeline_time_to_provisioned_seconds_count{backend="process"} 2');
  expect(text).toMatch(/treeline_status_writes_total\{result="written"\} [1-9]/);
});

it('counts a status that was not written because the record had changed meanwhile', async () => {
  await using harness = await Harness.start();
  await harness.apply(processClass(), workspace({ name: 'ada' }));
  await sql`create function change_generation() returns trigger language plpgsql
    as 'begin return null; end'`.execute(harness.db);
  await sql`create trigger change_generation before update of status on workspaces
    for each row execute function change_generation()`.execute(harness.db);

  await harness.look();
  await harness.look();

  const text = await harness.metrics.metrics.text();
  expect(text).toMatch(/treeline_status_writes_total\{result="conflict"\} [1-9]/);
  expect(text).not.toContain('{result="written"}');
});

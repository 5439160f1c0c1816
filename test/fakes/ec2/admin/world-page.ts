import type { FakeProvider } from '../provider.ts';

/** Enough to see what went wrong last. */
const MOST_REFUSALS = 500;

/** Everything that an administrator may want to know, as JSON. */
export function describeWorld(provider: FakeProvider): object {
  const { recorder, history } = provider;
  return {
    time: provider.now(),
    region: provider.catalogue.region,
    instances: provider.instances().map(({ userData, ...shown }) => ({
      ...shown,
      userDataBytes: Buffer.byteLength(userData),
    })),
    volumes: provider.volumes(),
    launchedTwice: provider.duplicates(),
    launchedTwiceEver: provider.duplicatesEver,
    launchedPerToken: launchedPerToken(provider),
    refused: listRefusals(provider),
    terminated: history
      .filter(({ event }) => event === 'terminated')
      .map(({ instanceId, at, by }) => ({ instanceId, at, by })),
    calls: recorder.counts(),
    buckets: provider.bucketLevels(),
    faults: provider.faults.pending(),
    lateCalls: provider.lateCallCount,
    settings: provider.settings,
  };
}

function launchedPerToken(provider: FakeProvider): Readonly<Record<string, readonly string[]>> {
  const tokens = Map.groupBy(
    provider.instances().filter(({ token }) => token !== ''),
    ({ token }) => token,
  );
  return Object.fromEntries(
    [...tokens].map(([token, instances]) => [token, instances.map(({ id }) => id)]),
  );
}

/** A dry run that would have succeeded was not refused. */
function listRefusals({ recorder }: FakeProvider): readonly object[] {
  return recorder
    .calls()
    .filter(({ outcome }) => outcome !== 'Success' && outcome !== 'DryRunOperation')
    .slice(-MOST_REFUSALS)
    .map(({ time, action, caller, outcome, message, fault }) => ({
      time,
      action,
      caller,
      code: outcome,
      message,
      fault,
    }));
}

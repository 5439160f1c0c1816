import { ProcessBackend } from '../../backends/process/process-backend.ts';
import { readMachine } from '../../backends/process/machine.ts';
import { CALL_SECONDS, type Backend } from '../../backends/backend.ts';
import { systemClock } from '../../lib/clock.ts';
import { measuredBackend } from './measured-backend.ts';
import type { Parts } from './parts.ts';

export type OpenBackends = Pick<Parts, 'backends' | 'sweepBackends'>;

/** What a backend is opened with. */
type BackendSurroundings = Omit<Parts, keyof OpenBackends>;

interface Opened {
  readonly backend: Backend;
  /** Absent where the provider forgets by itself. */
  readonly sweep?: (olderThan: Date) => Promise<unknown>;
}

/** A backend that cannot run here is left out: its workspaces say `BackendUnavailable`, the others go on. */
export async function openBackends(surroundings: BackendSurroundings): Promise<OpenBackends> {
  const { ec2Regions } = surroundings.options;
  const wanted = [
    ['process', () => openProcess(surroundings)] as const,
    ...ec2Regions.map((region) => [`ec2/${region}`, () => openEc2(region, surroundings)] as const),
  ];
  const opened = new Map<string, Opened>();
  for (const [key, open] of wanted) {
    await open()
      .then((one) => opened.set(key, one))
      .catch((error: unknown) => {
        const { message } = error as Error;
        surroundings.log.warn({ backend: key, error: message }, 'backend is not available');
      });
  }
  const measured = [...opened].map(
    ([key, { backend }]) => [key, measuredBackend(key, backend, surroundings.metrics)] as const,
  );
  return {
    backends: new Map(measured),
    sweepBackends: async (olderThan) => {
      for (const { sweep } of opened.values()) {
        await sweep?.(olderThan);
      }
    },
  };
}

async function openProcess({
  options,
  surroundings,
  installation,
}: BackendSurroundings): Promise<Opened> {
  const backend = await ProcessBackend.open({
    folder: options.dataDir,
    installationId: installation.id,
    machine: readMachine(),
    clock: systemClock,
    workingDirectory: surroundings.workingDirectory,
    path: surroundings.path,
  });
  return { backend, sweep: (olderThan) => backend.removeTombstones(olderThan) };
}

/** Loaded only where it is used: the SDK takes a quarter of a second and 95 MB (dependencies.md). */
async function openEc2(
  region: string,
  { options, installation, provisioning, lease, metrics }: BackendSurroundings,
): Promise<Opened> {
  const [{ Ec2Backend }, { Ec2Lanes }] = await Promise.all([
    import('../../backends/ec2/ec2-backend.ts'),
    import('../../backends/ec2/lanes.ts'),
  ]);
  const { key } = provisioning.pipeline;
  const backend = new Ec2Backend({
    ...{ region, clock: systemClock },
    mayCall: () => lease.outlives(CALL_SECONDS),
    installationId: installation.id,
    listIntervalSeconds: options.ec2ListSeconds,
    bootstrapTokenOf: (launchToken) => key.bootstrapToken(launchToken),
    ...(options.ec2Endpoint !== undefined && { endpoint: options.ec2Endpoint }),
    lanes: new Ec2Lanes({
      clock: systemClock,
      onWaited: (bucket, seconds) => {
        metrics.laneWait.observe({ bucket }, seconds);
      },
    }),
  });
  return { backend };
}

import * as faults from '../../../fakes/ec2/faults.ts';
import type { FakeEc2 } from '../../../fakes/ec2/fake-ec2.ts';
import type { FaultName, Step } from './story.ts';

/** The type that stories make scarce. */
export const INSTANCE_TYPE = 't3.small';
const LATE_SECONDS = [40, 400];
const PLENTY = 1_000_000;

const FAULT_BY_NAME: Readonly<Record<FaultName, (index: number) => faults.Fault>> = {
  capacity: () => faults.refused('InsufficientInstanceCapacity'),
  quota: () => faults.refused('VcpuLimitExceeded'),
  unauthorized: () => faults.refused('UnauthorizedOperation'),
  throttled: () => faults.throttled(),
  failedAfter: () => faults.failedAfter(),
  droppedBefore: () => faults.droppedBefore(),
  droppedAfter: () => faults.droppedAfter(),
  late: (index) => faults.late({ afterSeconds: LATE_SECONDS[index % LATE_SECONDS.length] ?? 0 }),
  lateOnDemand: () => faults.late(),
};

/** What happens in the account by itself. */
export type AccountStep = Extract<
  Step,
  { do: 'blind' | 'lag' | 'full' | 'room' | 'quota' | 'deliver' }
>;

/** `index`: which step of its story it is. */
export function changeAccount(fake: FakeEc2, step: AccountStep, index: number): void {
  switch (step.do) {
    case 'blind':
      failNext(fake, { action: 'DescribeInstances', fault: step.fault }, index);
      return;
    case 'lag': {
      const { seconds, staleReadChance } = step;
      fake.configure({ idLagSeconds: seconds, tagLagSeconds: seconds, staleReadChance });
      return;
    }
    case 'full':
      fake.setCapacity(INSTANCE_TYPE, step.zone, 0);
      return;
    case 'room':
      fake.setCapacity(INSTANCE_TYPE, step.zone, undefined);
      return;
    case 'quota':
      fake.configure({ vcpuQuota: step.vcpus });
      return;
    case 'deliver':
      fake.deliverLateCalls();
  }
}

/** The next call of that action goes wrong. */
export function failNext(
  fake: FakeEc2,
  { action, fault }: { readonly action: string; readonly fault: FaultName },
  index: number,
): void {
  fake.faults.next(action, FAULT_BY_NAME[fault](index));
}

/** Nothing goes wrong any more, there is room, everything is visible, and what was late has come. */
export function healAccount(fake: FakeEc2): void {
  fake.faults.heal();
  fake.configure({ vcpuQuota: PLENTY, capacity: {}, idLagSeconds: 0, tagLagSeconds: 0 });
  fake.deliverLateCalls();
}

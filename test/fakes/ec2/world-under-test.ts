import type { EC2Client } from '@aws-sdk/client-ec2';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { ec2Client } from './client.ts';
import { FakeEc2, type FakeEc2Options } from './fake-ec2.ts';

/** A fake on a clock that stands still, and a client of it. */
export interface FakeUnderTest extends AsyncDisposable {
  readonly fake: FakeEc2;
  readonly clock: VirtualClock;
  readonly client: EC2Client;
}

export async function startFake(options: FakeEc2Options = {}): Promise<FakeUnderTest> {
  const clock = new VirtualClock();
  const fake = await FakeEc2.start({ clock, ...options });
  const client = ec2Client(fake.url);
  return {
    fake,
    clock,
    client,
    [Symbol.asyncDispose]: async () => {
      client.destroy();
      await fake[Symbol.asyncDispose]();
    },
  };
}

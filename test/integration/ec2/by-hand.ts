import {
  ModifyInstanceAttributeCommand,
  TerminateInstancesCommand,
  type EC2Client,
} from '@aws-sdk/client-ec2';
import { ec2Client, idsOf, runOne } from '../../fakes/ec2/client.ts';
import type { FakeEc2 } from '../../fakes/ec2/fake-ec2.ts';
import { DEFAULT_CATALOGUE } from '../../fakes/ec2/model/catalogue.ts';

/** Their access key, when a test does not say another. */
const SOMEBODY_ELSE = 'somebody-else';

/** Launches an instance by somebody else's hand, with these tags; answers its id. */
export async function plant(
  fake: FakeEc2,
  tags: Readonly<Record<string, string>>,
  accessKey = SOMEBODY_ELSE,
): Promise<string> {
  const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  const TagSpecifications = [{ ResourceType: 'instance' as const, Tags }];
  return await by(accessKey, fake, async (client) => {
    const [id = ''] = idsOf(await client.send(runOne({ TagSpecifications })));
    return id;
  });
}

/** One of another installation, with the name of a workspace of ours; nobody of ours may touch it. */
export async function plantForeign(fake: FakeEc2, name = 'subject'): Promise<string> {
  return await plant(fake, {
    'treeline.dev/installation': 'another-installation',
    'treeline.dev/workspace-uid': '00000000-0000-5000-8000-000000000000',
    'treeline.dev/namespace': 'default',
    'treeline.dev/name': name,
    'treeline.dev/attempt': '1',
    'treeline.dev/token': 'f'.repeat(64),
  });
}

/** A person ends an instance in the console of the account. */
export async function terminateByHand(
  fake: FakeEc2,
  id: string,
  accessKey = SOMEBODY_ELSE,
): Promise<void> {
  await by(accessKey, fake, (client) =>
    client.send(new TerminateInstancesCommand({ InstanceIds: [id] })),
  );
}

/** A person makes the root volume of an instance outlive it. */
export async function keepVolume(fake: FakeEc2, id: string): Promise<void> {
  const DeviceName = DEFAULT_CATALOGUE.images[0]?.rootDeviceName;
  const BlockDeviceMappings = [{ DeviceName, Ebs: { DeleteOnTermination: false } }];
  await by(SOMEBODY_ELSE, fake, (client) =>
    client.send(new ModifyInstanceAttributeCommand({ InstanceId: id, BlockDeviceMappings })),
  );
}

async function by<T>(
  accessKey: string,
  fake: FakeEc2,
  act: (client: EC2Client) => Promise<T>,
): Promise<T> {
  const client = ec2Client(fake.url, { accessKey });
  try {
    return await act(client);
  } finally {
    client.destroy();
  }
}

import {
  DescribeImagesCommand,
  DescribeInstanceAttributeCommand,
  DescribeInstancesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVolumesCommand,
  type EC2Client,
} from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { WorkspaceClassSpec } from '../../../api/workspace-class.ts';
import { ec2Client } from '../../fakes/ec2/client.ts';
import { MotoServer } from '../../fakes/ec2/moto-server.ts';
import { preparePython } from '../../fakes/ec2/python.ts';
import { FastClock } from '../../support/fast-clock.ts';
import { describeBackend, type BackendUnderTest, type Inability } from '../backend-contract.ts';
import { bundle, intentFor } from '../intents.ts';
import { launchableClass, openEc2 } from './ec2-test-bed.ts';

const NO_FILTER = 'moto has no filter client-token';
const NO_TOKEN = 'moto launches a second instance under a ClientToken';

/** What moto does not model (ec2.md, last paragraph; the last four by trying it out). */
const INABILITY: Inability = {
  'shows nothing where nothing was launched': NO_FILTER,
  'shows a launched instance with its marks wherever it is looked for': NO_FILTER,
  'gives the same instance for the same intent, in this client and another': NO_TOKEN,
  'gives one instance when two clients launch the same intent at once': NO_TOKEN,
  'does not start an instance again when its launch is repeated after it ended': NO_TOKEN,
  'never runs an attempt again that was terminated': NO_TOKEN,
  'starts a stopped instance with the new bundle, the same one as before':
    'moto does not reset LaunchTime when it starts an instance',
  'keeps evidence of an agent that ended by itself, until it is started again':
    'instances of moto never end by themselves',
  'reads the last lines that the agent wrote': 'all consoles of moto say the same',
  'terminates an instance for good': 'moto stops and starts what is terminated',
};

const python = await preparePython();

python.describe('moto', () => {
  let moto: MotoServer;
  let client: EC2Client;

  beforeAll(async () => {
    moto = await MotoServer.start(python);
    client = ec2Client(moto.url);
  });

  afterAll(async () => {
    client.destroy();
    await moto[Symbol.asyncDispose]();
  });

  async function open(): Promise<BackendUnderTest> {
    await moto.reset();
    const clock = new FastClock(20);
    return {
      backend: openEc2(moto.url, { clock }),
      another: openEc2(moto.url, { clock }),
      foreign: openEc2(moto.url, { clock, installationId: 'another-installation' }),
      classSpec: await classOf(client),
      tells: { configHash: false, exit: {} },
      fail: () => Promise.reject(new Error(INABILITY['keeps evidence'])),
      pause: () => clock.sleep(1000),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  }

  describeBackend('ec2', open, INABILITY);

  it('gets everything that a launch asks for', async () => {
    await using subject = await open();
    const { backend, classSpec } = subject;
    const asked = await intentFor(backend, classSpec);

    const { id } = await backend.launch(asked, bundle());

    const { Reservations } = await client.send(new DescribeInstancesCommand({ InstanceIds: [id] }));
    expect(Reservations?.[0]?.Instances).toMatchObject([
      {
        ClientToken: asked.token,
        InstanceType: 't3.small',
        MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 1 },
        Placement: { AvailabilityZone: asked.parameters.placement },
        BlockDeviceMappings: [{ Ebs: { DeleteOnTermination: true } }],
      },
    ]);
    const { Volumes } = await client.send(new DescribeVolumesCommand());
    expect(Volumes).toMatchObject([{ Encrypted: true, VolumeType: 'gp3' }]);
    expect(Volumes?.[0]?.Tags).toContainEqual({ Key: 'treeline.dev/token', Value: asked.token });
    expect(await userDataOf(client, id)).toMatch(/^#!\/bin\/sh/);
  });

  it('shows a launched instance with its marks, by list and by id', async () => {
    await using subject = await open();
    const asked = await intentFor(subject.backend, subject.classSpec);

    const { id } = await subject.backend.launch(asked, bundle());

    const seen = { id, marks: asked.marks, state: 'running' };
    expect(await subject.another.list()).toMatchObject([seen]);
    expect(await subject.another.find(id)).toMatchObject(seen);
  });
});

/** Of an image and subnets that moto comes with. It wants a size for every volume, EC2 takes that of the image. */
async function classOf(client: EC2Client): Promise<WorkspaceClassSpec> {
  const Filters = [{ Name: 'name', Values: ['amzn2-ami-hvm-*-x86_64-gp2'] }];
  const [images, subnets, groups] = await Promise.all([
    client.send(new DescribeImagesCommand({ Owners: ['amazon'], Filters })),
    client.send(new DescribeSubnetsCommand()),
    client.send(new DescribeSecurityGroupsCommand()),
  ]);
  return launchableClass({
    image: { id: images.Images?.[0]?.ImageId ?? '' },
    rootVolume: { sizeGiB: 20 },
    subnets: (subnets.Subnets ?? []).map(({ SubnetId = '' }) => SubnetId),
    securityGroups: (groups.SecurityGroups ?? []).map(({ GroupId = '' }) => GroupId),
  });
}

async function userDataOf(client: EC2Client, InstanceId: string): Promise<string> {
  const { UserData } = await client.send(
    new DescribeInstanceAttributeCommand({ InstanceId, Attribute: 'userData' }),
  );
  return Buffer.from(UserData?.Value ?? '', 'base64').toString();
}

import {
  DescribeImagesCommand,
  DescribeInstancesCommand,
  DescribeVolumesCommand,
  EC2Client,
  RunInstancesCommand,
  type Filter,
  type Instance,
  type RunInstancesCommandInput,
  type Volume,
} from '@aws-sdk/client-ec2';
import { SSMClient } from '@aws-sdk/client-ssm';

/** The JavaScript SDK at one endpoint, and what the suites ask of it again and again. */
export class Session {
  readonly client: EC2Client;
  readonly ssm: SSMClient;
  /** An image for `x86_64`. */
  readonly imageId: string;

  private constructor(configuration: ReturnType<typeof configurationOf>, imageId: string) {
    this.client = new EC2Client(configuration);
    this.ssm = new SSMClient(configuration);
    this.imageId = imageId;
  }

  static async open(url: string): Promise<Session> {
    const configuration = configurationOf(url);
    return new Session(configuration, await findImage(new EC2Client(configuration)));
  }

  /** Launches one small instance; `overrides` shows what matters. */
  async run(overrides: Partial<RunInstancesCommandInput> = {}): Promise<Instance[]> {
    const { Instances = [] } = await this.client.send(
      new RunInstancesCommand({
        ImageId: this.imageId,
        InstanceType: 't3.micro',
        MinCount: 1,
        MaxCount: 1,
        ...overrides,
      }),
    );
    return Instances;
  }

  async find(...Filters: Filter[]): Promise<Instance[]> {
    const { Reservations = [] } = await this.client.send(new DescribeInstancesCommand({ Filters }));
    return Reservations.flatMap(({ Instances = [] }) => Instances);
  }

  async volumesOf(instanceIds: string[]): Promise<Volume[]> {
    const Filters = [{ Name: 'attachment.instance-id', Values: instanceIds }];
    const { Volumes = [] } = await this.client.send(new DescribeVolumesCommand({ Filters }));
    return Volumes;
  }
}

export function idsOf(instances: readonly (Instance | undefined)[]): string[] {
  return instances.map((one) => one?.InstanceId ?? '');
}

function configurationOf(url: string) {
  return {
    endpoint: url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'sdk', secretAccessKey: 'secret' },
    maxAttempts: 1,
  };
}

async function findImage(client: EC2Client): Promise<string> {
  const Filters = [{ Name: 'architecture', Values: ['x86_64'] }];
  const { Images = [] } = await client.send(
    new DescribeImagesCommand({ Owners: ['amazon'], Filters }),
  );
  return Images[0]?.ImageId ?? '';
}

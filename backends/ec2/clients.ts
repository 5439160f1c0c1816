import {
  DeleteVolumeCommand,
  DescribeImagesCommand,
  DescribeInstanceTypesCommand,
  DescribeInstancesCommand,
  DescribeSubnetsCommand,
  DescribeVolumesCommand,
  EC2Client,
  GetConsoleOutputCommand,
  ModifyInstanceAttributeCommand,
  RunInstancesCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { CONNECTION_MILLISECONDS, READ_TRIES, REQUEST_MILLISECONDS, SOCKETS } from './limits.ts';
import { isRead, type InputOf, type Operation, type OutputOf, type Sender } from './requests.ts';

export interface ClientOptions {
  readonly region: string;
  /** Instead of the provider's own, for tests: EC2 and SSM alike. */
  readonly endpoint?: string;
  /** Default: the SDK's chain of environment, files and roles. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

const COMMANDS = {
  DescribeImages: DescribeImagesCommand,
  DescribeInstances: DescribeInstancesCommand,
  DescribeInstanceTypes: DescribeInstanceTypesCommand,
  DescribeSubnets: DescribeSubnetsCommand,
  DescribeVolumes: DescribeVolumesCommand,
  GetConsoleOutput: GetConsoleOutputCommand,
  RunInstances: RunInstancesCommand,
  StartInstances: StartInstancesCommand,
  StopInstances: StopInstancesCommand,
  TerminateInstances: TerminateInstancesCommand,
  ModifyInstanceAttribute: ModifyInstanceAttributeCommand,
  DeleteVolume: DeleteVolumeCommand,
};

type Ec2Command = Parameters<EC2Client['send']>[0];

/**
 * A mutating call is sent once: the SDK's own retries take a capacity refusal for a fault, and cannot be counted. Every call
 * ends by `REQUEST_MILLISECONDS`.
 */
export function openClients(options: ClientOptions): Sender {
  const settings = settingsOf(options);
  const reads = new EC2Client({ ...settings, maxAttempts: READ_TRIES });
  const writes = new EC2Client({ ...settings, maxAttempts: 1 });
  return {
    async send<O extends Operation>(operation: O, input: InputOf<O>): Promise<OutputOf<O>> {
      if (operation === 'GetParameter') {
        return await readParameter(settings, input as InputOf<'GetParameter'>);
      }
      const Command = COMMANDS[operation as Exclude<O, 'GetParameter'>];
      const command = new (Command as new (input: InputOf<O>) => Ec2Command)(input);
      const client = isRead(operation) ? reads : writes;
      return await client.send(command, { abortSignal: AbortSignal.timeout(REQUEST_MILLISECONDS) });
    },
  };
}

/** Few classes name an image by a parameter, and the package takes its time to load. */
async function readParameter(
  settings: ReturnType<typeof settingsOf>,
  input: InputOf<'GetParameter'>,
): Promise<OutputOf<'GetParameter'>> {
  const { GetParameterCommand, SSMClient } = await import('@aws-sdk/client-ssm');
  const client = new SSMClient({ ...settings, maxAttempts: READ_TRIES });
  try {
    const abortSignal = AbortSignal.timeout(REQUEST_MILLISECONDS);
    return await client.send(new GetParameterCommand(input), { abortSignal });
  } finally {
    client.destroy();
  }
}

function settingsOf({ region, endpoint, credentials }: ClientOptions) {
  const agent = { keepAlive: true, maxSockets: SOCKETS };
  return {
    region,
    ...(endpoint !== undefined && { endpoint }),
    ...(credentials !== undefined && { credentials }),
    requestHandler: {
      connectionTimeout: CONNECTION_MILLISECONDS,
      httpAgent: agent,
      httpsAgent: agent,
    },
  };
}

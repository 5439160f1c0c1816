import {
  EC2Client,
  RunInstancesCommand,
  type RunInstancesCommandInput,
  type RunInstancesCommandOutput,
} from '@aws-sdk/client-ec2';
import { DEFAULT_CATALOGUE } from './model/catalogue.ts';

/** A client of this endpoint that tries everything once. `accessKey` names it in the recorder. */
export function ec2Client(
  endpoint: string,
  { accessKey = 'treeline' }: { readonly accessKey?: string } = {},
): EC2Client {
  return new EC2Client({
    endpoint,
    region: DEFAULT_CATALOGUE.region,
    credentials: { accessKeyId: accessKey, secretAccessKey: 'secret' },
    maxAttempts: 1,
  });
}

/** A launch of one small instance; `overrides` shows what matters. */
export function runOne(overrides: Partial<RunInstancesCommandInput> = {}): RunInstancesCommand {
  return new RunInstancesCommand({
    ImageId: DEFAULT_CATALOGUE.images[0]?.id,
    InstanceType: 'm5.large',
    MinCount: 1,
    MaxCount: 1,
    ...overrides,
  });
}

/** The ids of what a launch answered. */
export function idsOf({ Instances = [] }: RunInstancesCommandOutput): string[] {
  return Instances.map(({ InstanceId = '' }) => InstanceId);
}

/** That many tags for the instances of a launch: `key-0`, `key-1`, ... */
export function manyTags(count: number, key = 'key-') {
  const Tags = Array.from({ length: count }, (_, index) => ({ Key: `${key}${index}`, Value: 'v' }));
  return [{ ResourceType: 'instance' as const, Tags }];
}

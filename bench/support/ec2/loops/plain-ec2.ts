import { randomUUID } from 'node:crypto';
import type { Instance } from '@aws-sdk/client-ec2';
import {
  isRead,
  type InputOf,
  type Operation,
  type OutputOf,
  type Sender,
} from '../../../../backends/ec2/requests.ts';
import { DEFAULT_CATALOGUE } from '../../../../test/fakes/ec2/model/catalogue.ts';
import { INSTANCE_TYPE } from '../../../../test/integration/ec2/seeds/account-changes.ts';

/** As often as the SDK tries by itself. */
const TRIES = 3;
const LIVE = ['pending', 'running', 'stopping', 'stopped'];
const UID_TAG = 'treeline.dev/workspace-uid';
const INSTALLATION_TAG = 'treeline.dev/installation';

/** EC2 as people call it: with tags, and with no token but the one that the SDK makes up for the tries of one call. */
export class PlainEc2 {
  readonly #sender: Sender;
  readonly #installation: string;

  constructor(sender: Sender, installation: string) {
    this.#sender = sender;
    this.#installation = installation;
  }

  /** Live instances of one workspace, or of all. */
  async list(name?: string): Promise<readonly Instance[]> {
    const found = await this.#send('DescribeInstances', {
      Filters: [
        { Name: `tag:${INSTALLATION_TAG}`, Values: [this.#installation] },
        { Name: 'instance-state-name', Values: LIVE },
        ...(name === undefined ? [] : [{ Name: `tag:${UID_TAG}`, Values: [name] }]),
      ],
    });
    return (found.Reservations ?? []).flatMap(({ Instances = [] }) => Instances);
  }

  async launch(name: string): Promise<void> {
    const tags = {
      [INSTALLATION_TAG]: this.#installation,
      [UID_TAG]: name,
      'treeline.dev/name': name,
    };
    const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
    await this.#send('RunInstances', {
      ImageId: DEFAULT_CATALOGUE.images[0]?.id,
      InstanceType: INSTANCE_TYPE,
      SubnetId: DEFAULT_CATALOGUE.subnets[0]?.id,
      MinCount: 1,
      MaxCount: 1,
      TagSpecifications: [{ ResourceType: 'instance', Tags }],
      ClientToken: randomUUID(),
    });
  }

  /** Starts or stops it when it does not do already what it should. */
  async bring({ InstanceId = '', State }: Instance, isPaused: boolean): Promise<void> {
    const InstanceIds = [InstanceId];
    if (isPaused && State?.Name === 'running') {
      await this.#send('StopInstances', { InstanceIds });
    } else if (!isPaused && State?.Name === 'stopped') {
      await this.#send('StartInstances', { InstanceIds });
    }
  }

  /** All of them in one call; none: no call. */
  async terminate(instances: readonly Instance[]): Promise<void> {
    const InstanceIds = instances.flatMap(({ InstanceId }) => InstanceId ?? []);
    if (InstanceIds.length > 0) {
      await this.#send('TerminateInstances', { InstanceIds });
    }
  }

  async #send<O extends Operation>(operation: O, input: InputOf<O>): Promise<OutputOf<O>> {
    // Reads are tried again by the client.
    for (let left = isRead(operation) ? 0 : TRIES - 1; ; left -= 1) {
      try {
        return await this.#sender.send(operation, input);
      } catch (error) {
        if (left <= 0) {
          throw error;
        }
      }
    }
  }
}

/** Of which workspace it is. */
export function nameOf({ Tags = [] }: Instance): string {
  return Tags.find(({ Key }) => Key === UID_TAG)?.Value ?? '';
}

import type { Ec2Instance } from '../model/instance.ts';
import { getInstance } from '../model/view.ts';
import { Ec2Error, missingParameter } from '../wire/ec2-error.ts';
import type { Query } from '../wire/query.ts';
import { endDryRun, type Action, type ActionCall } from './action.ts';

export const modifyInstanceAttribute: Action = {
  parameters: ['InstanceId', 'DisableApiTermination', 'BlockDeviceMapping', 'Attribute', 'Value'],
  perform: (call) => {
    const instance = named(call);
    const changes = [
      ...parseProtection(call.query, instance),
      ...call.query.groups('BlockDeviceMapping').map((group) => parseDevice(group, instance)),
    ];
    if (changes.length === 0) {
      throw missingParameter('DisableApiTermination or BlockDeviceMapping');
    }
    endDryRun(call.query);
    for (const change of changes) {
      change();
    }
    return { return: true };
  },
};

export const getConsoleOutput: Action = {
  parameters: ['InstanceId', 'Latest'],
  perform: (call) => {
    const instance = named(call);
    endDryRun(call.query);
    const { timeline, guests } = call.world;
    const text = instance.consoleOutput + (guests?.readConsole(instance) ?? '');
    return {
      instanceId: instance.id,
      timestamp: new Date(timeline.now()),
      output: Buffer.from(lastBytes(text)).toString('base64'),
    };
  },
};

/** EC2 user guide, "Instance console output": the most recent 64 KB. */
function lastBytes(text: string): Buffer {
  return Buffer.from(text).subarray(-65_536);
}

function named({ world, query, view }: ActionCall): Ec2Instance {
  return getInstance(world, view, query.required('InstanceId'));
}

function parseProtection(query: Query, instance: Ec2Instance): readonly (() => void)[] {
  const isOldForm = query.text('Attribute') === 'disableApiTermination';
  const isProtected = query.flag(isOldForm ? 'Value' : 'DisableApiTermination.Value');
  return isProtected === undefined
    ? []
    : [
        () => {
          instance.isProtected = isProtected;
        },
      ];
}

function parseDevice(group: Query, instance: Ec2Instance): () => void {
  const name = group.required('DeviceName');
  const attachment = instance.volumes.find(
    (one) => one.attachment?.deviceName === name,
  )?.attachment;
  if (attachment === undefined) {
    throw new Ec2Error('InvalidInstanceAttributeValue', `No device is currently mapped at ${name}`);
  }
  const isDeleted = group.flag('Ebs.DeleteOnTermination');
  return () => {
    attachment.deleteOnTermination = isDeleted ?? attachment.deleteOnTermination;
    instance.revision += 1;
  };
}

import {
  STATE_CODES,
  type Ec2Instance,
  type InstanceStateName,
  type Tags,
} from '../model/instance.ts';
import { tagsIn, type View } from '../model/view.ts';
import type { StateChange } from '../model/change-state.ts';
import type { World } from '../model/world.ts';
import { RenderedXml, type XmlObject } from '../wire/xml.ts';

/** Instances under their reservations, as EC2 answers them. A page may hold a part of a reservation. */
export function reservationsXml(
  world: World,
  view: View,
  instances: readonly Ec2Instance[],
): readonly XmlObject[] {
  const groups = Map.groupBy(instances, ({ reservationId }) => reservationId);
  return [...groups].map(([id, members]) => reservationXml(world, view, { id, members }));
}

export function reservationXml(
  world: World,
  view: View,
  { id, members }: { readonly id: string; readonly members: readonly Ec2Instance[] },
): XmlObject {
  return {
    reservationId: id,
    ownerId: world.catalogue.accountId,
    groupSet: [],
    instancesSet: members.map((one) => renderInstance(world, one, tagsIn(view, one))),
  };
}

export function stateXml(state: InstanceStateName): XmlObject {
  return { code: STATE_CODES[state], name: state };
}

export function tagSetXml(tags: Tags): readonly XmlObject[] {
  return Object.entries(tags).map(([key, value]) => ({ key, value }));
}

export function stateChangesXml(changes: readonly StateChange[]): XmlObject {
  return {
    instancesSet: changes.map(({ instanceId, previous, current }) => ({
      instanceId,
      currentState: stateXml(current),
      previousState: stateXml(previous),
    })),
  };
}

interface Rendering {
  readonly state: InstanceStateName;
  readonly tags: Tags;
  readonly volumes: Ec2Instance['volumes'];
  readonly revision: number;
  readonly xml: RenderedXml;
}

/** The last rendering of each instance: a fleet that is steady is listed by putting texts together. */
const RENDERINGS = new WeakMap<Ec2Instance, Rendering>();

function renderInstance(world: World, instance: Ec2Instance, tags: Tags): RenderedXml {
  const { state, volumes, revision } = instance;
  const last = RENDERINGS.get(instance);
  const isCurrent =
    last?.state === state &&
    last.tags === tags &&
    last.volumes === volumes &&
    last.revision === revision;
  if (isCurrent) {
    return last.xml;
  }
  const xml = new RenderedXml(instanceXml(world, instance, tags));
  RENDERINGS.set(instance, { state, tags, volumes, revision, xml });
  return xml;
}

function instanceXml(world: World, instance: Ec2Instance, tags: Tags): XmlObject {
  const { parameters } = instance;
  return {
    instanceId: instance.id,
    imageId: parameters.imageId,
    instanceState: stateXml(instance.state),
    reason: instance.reason,
    stateReason: instance.stateReason,
    keyName: parameters.keyName,
    amiLaunchIndex: instance.launchIndex,
    instanceType: parameters.instanceType,
    launchTime: new Date(instance.launchTime),
    placement: { availabilityZone: instance.zone, groupName: '', tenancy: 'default' },
    monitoring: { state: 'disabled' },
    ...machineXml(world, instance),
    ...networkXml(world, instance),
    blockDeviceMapping: instance.volumes.map(({ id, attachment }) => ({
      deviceName: attachment?.deviceName,
      ebs: {
        volumeId: id,
        status: 'attached',
        attachTime: new Date(attachment?.attachedAt ?? 0),
        deleteOnTermination: attachment?.deleteOnTermination,
      },
    })),
    clientToken: instance.token,
    tagSet: tagSetXml(tags),
    metadataOptions: { state: 'applied', ...parameters.metadataOptions },
    iamInstanceProfile: profileXml(world, parameters.instanceProfile),
  };
}

function machineXml({ catalogue }: World, { parameters, type }: Ec2Instance): XmlObject {
  const image = catalogue.images.find(({ id }) => id === parameters.imageId);
  return {
    architecture: image?.architecture,
    rootDeviceType: 'ebs',
    rootDeviceName: image?.rootDeviceName,
    virtualizationType: 'hvm',
    hypervisor: 'xen',
    ebsOptimized: false,
    cpuOptions: { coreCount: type.vcpus / 2, threadsPerCore: 2 },
  };
}

/** A terminated instance has no network any more, as on EC2. */
function networkXml({ catalogue }: World, instance: Ec2Instance): XmlObject {
  if (instance.state === 'terminated') {
    return {};
  }
  const vpcId = catalogue.subnets.find(({ id }) => id === instance.subnetId)?.vpcId;
  const groups = instance.parameters.securityGroupIds;
  return {
    subnetId: instance.subnetId,
    vpcId,
    privateIpAddress: instance.privateIp,
    privateDnsName: `ip-${instance.privateIp.replaceAll('.', '-')}.ec2.internal`,
    dnsName: '',
    sourceDestCheck: true,
    groupSet: catalogue.securityGroups
      .filter(({ id }) => groups.includes(id))
      .map(({ id, name }) => ({ groupId: id, groupName: name })),
  };
}

function profileXml({ catalogue }: World, profile: string | undefined): XmlObject | undefined {
  if (profile === undefined) {
    return undefined;
  }
  const isArn = profile.startsWith('arn:');
  return {
    arn: isArn ? profile : `arn:aws:iam::${catalogue.accountId}:instance-profile/${profile}`,
    id: 'AIPAFAKE0000000000001',
  };
}

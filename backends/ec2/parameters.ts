import type { Ec2Parameters } from '../../api/ec2-parameters.ts';
import type { LaunchParameters } from '../../api/launch.ts';
import type { RuntimeCommand } from '../../api/runtime-commands.ts';
import type { WorkspaceClassSpec } from '../../api/workspace-class.ts';
import { InsufficientCapacityError, TerminalError } from '../../lib/errors.ts';
import type { LaunchRequest } from '../backend.ts';
import type { Ec2Resolution } from './class-resolution.ts';
import { offeringsOf, type Avoidance, type Offering } from './offerings.ts';
import { DEFAULT_USER_DATA } from './default-user-data.ts';

/** What the class and the request say, before EC2 was asked. */
interface Asked {
  readonly instanceTypes: readonly string[];
  readonly securityGroups: readonly string[];
  readonly instanceProfile?: string;
  readonly keyName?: string;
  readonly rootVolume: NonNullable<Ec2Parameters['rootVolume']>;
  readonly tags: Readonly<Record<string, string>>;
  readonly metadataHopLimit: number;
  /** Template of the user data. */
  readonly userData: string;
  readonly runtime: RuntimeCommand;
  readonly platformUrl: string;
}

/** What a launch asks for: frozen in `LaunchParameters.details`. */
export interface Ec2Details extends Asked, Pick<Ec2Resolution, 'image' | 'subnets'> {
  /** Which of the instance types, and of the subnets. */
  readonly offering: Offering;
}

/** The class's block of this backend. Throws `TerminalError` InvalidSpec for a class that has none. */
export function parametersOf(classSpec: WorkspaceClassSpec): Ec2Parameters {
  if (classSpec.ec2 === undefined) {
    throw invalid('the class has no block "ec2"');
  }
  return classSpec.ec2;
}

/** Takes what a launch needs from the class. Throws `TerminalError` InvalidSpec naming the runtimes or tiers there are. */
export function askedFor({ classSpec, runtime, tier, platformUrl }: LaunchRequest): Asked {
  const parameters = parametersOf(classSpec);
  const { securityGroups, instanceProfile, keyName } = parameters;
  return {
    instanceTypes: typesOf(parameters, tier),
    securityGroups,
    ...(instanceProfile !== undefined && { instanceProfile }),
    ...(keyName !== undefined && { keyName }),
    rootVolume: parameters.rootVolume ?? {},
    tags: parameters.tags ?? {},
    metadataHopLimit: parameters.metadataHopLimit ?? 1,
    userData: parameters.userData ?? DEFAULT_USER_DATA,
    runtime: runtimeOf(parameters, runtime),
    platformUrl,
  };
}

/**
 * Freezes the first offering that is not avoided; its zone is where the launch token counts. Throws
 * `InsufficientCapacityError` when all of them are avoided.
 */
export function freeze(
  asked: Asked,
  { image, subnets, vcpus }: Ec2Resolution,
  avoidance: Pick<Avoidance, 'choose'>,
): LaunchParameters {
  const { instanceTypes } = asked;
  const offering = avoidance.choose(offeringsOf(instanceTypes, subnets));
  if (offering === undefined) {
    throw new InsufficientCapacityError(
      `resolving: no zone of the class had room for ${instanceTypes.join(', ')} within the last minutes`,
    );
  }
  const details: Ec2Details = { ...asked, image, subnets, offering };
  const vcpusOfType = vcpus[offering.instanceType];
  return {
    placement: offering.subnet.zone,
    ...(vcpusOfType !== undefined && { milliCpus: vcpusOfType * 1000 }),
    details: { ...details },
  };
}

/** The details that `resolve` froze, read back from a launch row. Throws `TerminalError` for those of another backend. */
export function toDetails({ details }: LaunchParameters): Ec2Details {
  if (typeof details['offering'] !== 'object' || typeof details['image'] !== 'object') {
    throw invalid('the launch parameters are not those of the ec2 backend');
  }
  return details as unknown as Ec2Details;
}

function typesOf({ instanceTypes }: Ec2Parameters, tier: number): readonly string[] {
  const types = instanceTypes[String(tier) as keyof typeof instanceTypes];
  if (types === undefined) {
    const tiers = Object.keys(instanceTypes).sort().join(', ');
    throw invalid(`the class has no instance types for tier ${tier}; it has: ${tiers}`);
  }
  return types;
}

function runtimeOf({ runtimes }: Ec2Parameters, name: string): RuntimeCommand {
  const runtime = Object.hasOwn(runtimes, name) ? runtimes[name] : undefined;
  if (runtime === undefined) {
    const names = Object.keys(runtimes).sort().join(', ');
    throw invalid(`the class has no runtime "${name}"; it has: ${names}`);
  }
  return runtime;
}

function invalid(message: string): TerminalError {
  return new TerminalError(`resolving: ${message}`, { reason: 'InvalidSpec' });
}

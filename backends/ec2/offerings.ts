import type { Clock } from '../../lib/clock.ts';
import { AVOID_FULL_SECONDS, AVOID_UNSUPPORTED_SECONDS } from './limits.ts';

export interface Subnet {
  readonly id: string;
  readonly zone: string;
}

/** What one launch asks for. */
export interface Offering {
  readonly instanceType: string;
  readonly subnet: Subnet;
}

/** Everything a tier of a class may be launched as, the one to try first in front: a type in every subnet, then the next type. */
export function offeringsOf(
  instanceTypes: readonly string[],
  subnets: readonly Subnet[],
): readonly Offering[] {
  return instanceTypes.flatMap((instanceType) =>
    subnets.map((subnet) => ({ instanceType, subnet })),
  );
}

/** What had no room a short while ago. Lives in memory only: after a restart the first refusal says it again. */
export class Avoidance {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #untilMs = new Map<string, number>();

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  /** Remembers what a refusal with this code of EC2 means. */
  note({ instanceType, subnet }: Offering, code: string): void {
    const key = SUBNET_CODES.has(code) ? subnet.id : inZone(instanceType, subnet);
    const seconds = code === 'Unsupported' ? AVOID_UNSUPPORTED_SECONDS : AVOID_FULL_SECONDS;
    this.#untilMs.set(key, this.#clock.now().getTime() + seconds * 1000);
  }

  /** The first one that is not avoided; undefined when all are. */
  choose(offerings: readonly Offering[]): Offering | undefined {
    const nowMs = this.#clock.now().getTime();
    const isAvoided = (key: string): boolean => (this.#untilMs.get(key) ?? 0) > nowMs;
    return offerings.find(
      ({ instanceType, subnet }) =>
        !isAvoided(subnet.id) && !isAvoided(inZone(instanceType, subnet)),
    );
  }
}

/** The subnet has no address left; the zone may have room in another one. */
const SUBNET_CODES: ReadonlySet<string> = new Set([
  'InsufficientFreeAddressesInSubnet',
  'InsufficientAddressCapacity',
]);

function inZone(instanceType: string, { zone }: Subnet): string {
  return `${instanceType} ${zone}`;
}

import type { Ec2Parameters } from '../../../api/ec2-parameters.ts';
import type { WorkspaceClassSpec } from '../../../api/workspace-class.ts';
import { Ec2Backend, type Ec2BackendOptions } from '../../../backends/ec2/ec2-backend.ts';
import { FakeEc2, type FakeEc2Options } from '../../fakes/ec2/fake-ec2.ts';
import { DEFAULT_CATALOGUE } from '../../fakes/ec2/model/catalogue.ts';
import { FastClock } from '../../support/fast-clock.ts';
import { INSTALLATION_ID } from '../intents.ts';
import { ec2Class } from './ec2-class.ts';

/** The windows of batches are over within milliseconds. */
const TIMES_AS_FAST = 20;

/** A fake EC2 and clients of it, on one clock that goes fast. */
export class Ec2TestBed implements AsyncDisposable {
  readonly fake: FakeEc2;
  readonly backend: Ec2Backend;
  readonly #clock: FastClock;

  private constructor(fake: FakeEc2, clock: FastClock) {
    this.fake = fake;
    this.#clock = clock;
    this.backend = this.open();
  }

  static async start(options: FakeEc2Options = {}): Promise<Ec2TestBed> {
    const clock = new FastClock(TIMES_AS_FAST);
    const fake = await FakeEc2.start({ clock, throttling: false, ...options });
    return new Ec2TestBed(fake, clock);
  }

  /** Another client of the same EC2. */
  open(options: Partial<Ec2BackendOptions> = {}): Ec2Backend {
    return openEc2(this.fake.url, { clock: this.#clock, ...options });
  }

  /** Moves the time of everybody on. */
  skip(seconds: number): void {
    this.#clock.skip(seconds * 1000);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.fake[Symbol.asyncDispose]();
  }
}

/** A client of whatever answers at this address. */
export function openEc2(
  endpoint: string,
  options: Pick<Ec2BackendOptions, 'clock'> & Partial<Ec2BackendOptions>,
): Ec2Backend {
  return new Ec2Backend({
    region: DEFAULT_CATALOGUE.region,
    endpoint,
    credentials: { accessKeyId: 'treeline', secretAccessKey: 'secret' },
    installationId: INSTALLATION_ID,
    bootstrapTokenOf: (launchToken) => launchToken.slice(0, 43),
    ...options,
  });
}

/** A class that the fake can launch. */
export function launchableClass(ec2: Partial<Ec2Parameters> = {}): WorkspaceClassSpec {
  return ec2Class({
    image: { id: 'ami-0a11ce00000000001' },
    subnets: DEFAULT_CATALOGUE.subnets.map(({ id }) => id),
    securityGroups: ['sg-0a11ce00000000001'],
    runtimes: { agent: { command: ['/opt/agent'] }, failing: { command: ['/opt/failing'] } },
    ...ec2,
  });
}

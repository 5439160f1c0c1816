import type { Sender } from '../../../../backends/ec2/requests.ts';
import { openClients } from '../../../../backends/ec2/clients.ts';
import { FakeEc2 } from '../../../../test/fakes/ec2/fake-ec2.ts';
import { DEFAULT_CATALOGUE } from '../../../../test/fakes/ec2/model/catalogue.ts';
import { isPausedIn } from '../../../../test/integration/ec2/seeds/family.ts';
import type {
  EndingAction,
  SystemUnderTest,
  Wishes,
} from '../../../../test/integration/ec2/seeds/system-under-test.ts';
import { USUAL_TIMES } from '../../../../test/support/ec2-harness.ts';
import { MortalProcess, type Crash } from '../../../../test/support/mortal-process.ts';
import { mortalSender } from '../../../../test/support/mortal-sender.ts';
import { VirtualClock } from '../../../../test/support/virtual-clock.ts';
import type { Loop } from './loops.ts';
import { PlainEc2 } from './plain-ec2.ts';

/** Seconds from pass to pass: as often as Treeline looks. */
const PASS_SECONDS = 10;
/** Passes until it is given up that nothing is left to do. */
const MOST_PASSES = 20;
const INSTALLATION = 'baseline';

/** A controller that makes one pass after the other, as stories play with it. */
export class LoopingController implements SystemUnderTest, AsyncDisposable {
  readonly caller = INSTALLATION;
  readonly fake: FakeEc2;
  readonly #clock: VirtualClock;
  readonly #loop: Loop;
  readonly #sender: Sender;
  #process = new MortalProcess();
  #wanted: ReadonlyMap<string, boolean> = new Map();
  readonly #deleting = new Set<string>();
  readonly #stopped: (() => Promise<void>)[] = [];

  /** In an account of its own. */
  static async start(loop: Loop, seed: number): Promise<LoopingController> {
    const clock = new VirtualClock();
    const fake = await FakeEc2.start({ ...USUAL_TIMES, clock, seed });
    return new LoopingController(loop, fake, clock);
  }

  private constructor(loop: Loop, fake: FakeEc2, clock: VirtualClock) {
    this.fake = fake;
    this.#clock = clock;
    this.#loop = loop;
    this.#sender = openClients({
      region: DEFAULT_CATALOGUE.region,
      endpoint: fake.url,
      credentials: { accessKeyId: INSTALLATION, secretAccessKey: 'secret' },
    });
  }

  declare(wishes: Wishes): Promise<void> {
    for (const name of this.#wanted.keys()) {
      this.#deleting.add(name);
    }
    this.#wanted = new Map([...wishes.keys()].map((name) => [name, isPausedIn(wishes, name)]));
    for (const name of this.#wanted.keys()) {
      this.#deleting.delete(name);
    }
    return Promise.resolve();
  }

  async run(seconds: number): Promise<void> {
    for (let left = seconds; left > 0; left -= PASS_SECONDS) {
      await this.#pass();
      await this.#clock.advance(Math.min(left, PASS_SECONDS) * 1000);
    }
  }

  dieAt(action: EndingAction, when: Crash['when']): void {
    this.#process.arm({ name: `ec2.${action}`, when });
  }

  async takeOverIn(action: EndingAction, wait: 'before' | 'after'): Promise<void> {
    const held = this.fake.faults.hold(action, wait);
    const passing = this.#pass();
    await Promise.race([held.arrived, passing]);
    held.cancel();
    this.#process = new MortalProcess();
    this.#stopped.push(async () => {
      held.release();
      await passing;
    });
  }

  async goOn(): Promise<void> {
    for (const goOn of this.#stopped.splice(0)) {
      await goOn();
    }
  }

  async settle(): Promise<boolean> {
    this.#process.arm();
    for (let passes = 0; passes < MOST_PASSES; passes += 1) {
      const before = this.#changes;
      await this.run(PASS_SECONDS);
      if (this.#changes === before && passes > 2) {
        return true;
      }
    }
    return false;
  }

  get #changes(): number {
    const { recorder } = this.fake;
    return recorder.count() - recorder.count('DescribeInstances');
  }

  async #pass(): Promise<void> {
    if (this.#process.isDead) {
      this.#process = new MortalProcess();
    }
    const sender = mortalSender(this.#sender, this.fake, this.#process);
    const work = { wanted: this.#wanted, deleting: this.#deleting };
    await this.#loop.pass(work, new PlainEc2(sender, INSTALLATION));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.goOn();
    await this.fake[Symbol.asyncDispose]();
  }
}

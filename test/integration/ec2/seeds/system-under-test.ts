import type { FakeEc2 } from '../../../fakes/ec2/fake-ec2.ts';
import type { Crash } from '../../../support/mortal-process.ts';

/** What people want of one workspace. */
export interface Wish {
  readonly isPaused: boolean;
  /** Moves with every edit. */
  readonly version: number;
}

export type Wishes = ReadonlyMap<string, Wish>;

/** Calls of EC2 at which something may happen to who makes them. */
export type EndingAction =
  'RunInstances' | 'StartInstances' | 'StopInstances' | 'TerminateInstances';

/**
 * A controller that keeps one instance on EC2 for each workspace that is wished, as a story plays with it. Its instances carry
 * the tags `treeline.dev/installation`, `treeline.dev/workspace-uid` and `treeline.dev/name`, and it signs as `caller`.
 */
export interface SystemUnderTest {
  /** The access key with which it signs. */
  readonly caller: string;
  readonly fake: FakeEc2;
  /** From now on exactly these are wanted. */
  declare(wishes: Wishes): Promise<void>;
  /** Works for so many seconds of the account's time; who died is started again first. */
  run(seconds: number): Promise<void>;
  /** Dies at its next call of this action. */
  dieAt(action: EndingAction, when: Crash['when']): void;
  /** Is stopped in its next call of this action, if that comes now, while another one takes over. */
  takeOverIn(action: EndingAction, wait: 'before' | 'after'): Promise<void>;
  /** Those that were stopped go on. */
  goOn(): Promise<void>;
  /** Works until nothing is left to do. False when that does not come to pass. */
  settle(): Promise<boolean>;
}

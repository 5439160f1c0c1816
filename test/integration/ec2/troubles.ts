import {
  droppedAfter,
  droppedBefore,
  failedAfter,
  refused,
  throttled,
} from '../../fakes/ec2/faults.ts';
import type { Ec2Harness } from '../../support/ec2-harness.ts';

/** The call that goes wrong. */
export interface TroubledCall {
  readonly action: string;
  /** What EC2 may answer when it does not do it now. */
  readonly refusal: string;
}

/** One way in which a call goes wrong. */
interface Trouble {
  readonly name: string;
  /** Before the call is made. */
  readonly begin: (harness: Ec2Harness, call: TroubledCall) => void;
  /** After it was made. Default: nothing. */
  readonly end?: (harness: Ec2Harness) => Promise<void>;
}

/** Every way in which a call of EC2 goes wrong. */
export const TROUBLES: readonly Trouble[] = [
  {
    name: 'is refused',
    begin: ({ fake }, { action, refusal }) => {
      fake.faults.next(action, refused(refusal));
    },
  },
  {
    name: 'is throttled',
    begin: ({ fake }, { action }) => {
      fake.faults.next(action, throttled());
    },
  },
  {
    name: 'never arrives',
    begin: ({ fake }, { action }) => {
      fake.faults.next(action, droppedBefore());
    },
  },
  {
    name: 'takes effect, and its answer is lost',
    begin: ({ fake }, { action }) => {
      fake.faults.next(action, droppedAfter());
    },
  },
  {
    name: 'takes effect, and its answer is an internal error',
    begin: ({ fake }, { action }) => {
      fake.faults.next(action, failedAfter());
    },
  },
  {
    name: 'takes effect, and the controller dies before its answer',
    begin: ({ process }, { action }) => {
      process.life.arm({ name: `ec2.${action}`, when: 'after' });
    },
    end: (harness) => harness.restart(),
  },
  {
    name: 'takes effect when its controller is dead and another one has started',
    begin: ({ process }, { action }) => {
      process.life.arm({ name: `ec2.${action}`, when: 'late' });
    },
    end: async (harness) => {
      await harness.restart();
      await harness.look();
      harness.fake.deliverLateCalls();
    },
  },
  {
    name: 'makes what nobody sees for a minute',
    begin: ({ fake }) => {
      fake.configure({ idLagSeconds: 60, tagLagSeconds: 60 });
    },
  },
];

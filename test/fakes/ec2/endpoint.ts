import type { Call } from './call.ts';
import type { Fault, Faults } from './faults.ts';
import type { LateCalls } from './late-calls.ts';
import type { World } from './model/world.ts';
import type { RecordedCall, Recorder } from './recorder.ts';
import { Ec2Error } from './wire/ec2-error.ts';
import type { WireAnswer } from './wire/http-server.ts';

export interface EndpointParts {
  readonly world: World;
  readonly faults: Faults;
  readonly lateCalls: LateCalls;
  readonly recorder: Recorder;
}

/** What became of a call; `answer` undefined: the connection ends. */
interface Outcome {
  readonly code: string;
  readonly message: string;
  readonly answer: WireAnswer | undefined;
}

const DROPPED: Outcome = { code: 'Dropped', message: '', answer: undefined };

/** Takes calls, lets them meet their faults, and writes down what became of them. */
export class Endpoint {
  readonly #parts: EndpointParts;

  constructor(parts: EndpointParts) {
    this.#parts = parts;
  }

  /** Undefined: the connection ends without an answer. */
  async answer(call: Call): Promise<WireAnswer | undefined> {
    const { world, faults } = this.#parts;
    world.timeline.settle();
    const arrivedAt = world.timeline.now();
    const fault = faults.take(call);
    const outcome = await this.#meet(call, arrivedAt, fault);
    this.#record(call, outcome, { arrivedAt, fault: fault?.kind, isLanding: false });
    return outcome.answer;
  }

  async #meet(call: Call, arrivedAt: number, fault: Fault | undefined): Promise<Outcome> {
    if (fault === undefined) {
      return this.#perform(call, arrivedAt);
    }
    switch (fault.kind) {
      case 'slow':
        return await this.#answerSlowly(call, arrivedAt, fault.seconds);
      case 'held':
        return await this.#hold(call, arrivedAt, fault);
      default:
        return this.#fail(call, arrivedAt, fault);
    }
  }

  #fail(
    call: Call,
    arrivedAt: number,
    fault: Exclude<Fault, { kind: 'slow' } | { kind: 'held' }>,
  ): Outcome {
    switch (fault.kind) {
      case 'refused':
        return refuse(call, new Ec2Error(fault.code, fault.message ?? fault.code, fault.status));
      case 'dropped-before':
        return DROPPED;
      case 'dropped-after':
        this.#perform(call, arrivedAt);
        return DROPPED;
      case 'failed-after':
        this.#perform(call, arrivedAt);
        return fail(call, fault.code ?? 'InternalError');
      case 'late':
        this.#postpone(call, arrivedAt, fault.afterSeconds);
        return fault.code === undefined ? DROPPED : fail(call, fault.code);
    }
  }

  async #answerSlowly(call: Call, arrivedAt: number, seconds: number): Promise<Outcome> {
    const { timeline } = this.#parts.world;
    const outcome = this.#perform(call, arrivedAt);
    await new Promise<void>((resolve) => {
      timeline.wakeAt(timeline.now() + seconds * 1000, resolve);
    });
    return outcome;
  }

  async #hold(
    call: Call,
    arrivedAt: number,
    { wait, gate, onArrival }: Extract<Fault, { kind: 'held' }>,
  ): Promise<Outcome> {
    const early = wait === 'after' ? this.#perform(call, arrivedAt) : undefined;
    onArrival();
    await gate;
    this.#parts.world.timeline.settle();
    return early ?? this.#perform(call, arrivedAt);
  }

  #postpone(call: Call, arrivedAt: number, afterSeconds: number | undefined): void {
    const { world, lateCalls } = this.#parts;
    const expiresAt = (call.signedAt ?? arrivedAt) + world.settings.callLifetimeSeconds * 1000;
    const effect = (): void => {
      const outcome = this.#perform(call, arrivedAt);
      this.#record(call, outcome, { arrivedAt, fault: 'late', isLanding: true });
    };
    lateCalls.add({ effect, expiresAt }, afterSeconds);
  }

  #perform(call: Call, arrivedAt: number): Outcome {
    try {
      this.#checkAge(call.signedAt ?? arrivedAt);
      return { code: 'Success', message: '', answer: call.perform() };
    } catch (error) {
      if (error instanceof Ec2Error) {
        return refuse(call, error);
      }
      throw error;
    }
  }

  /** A signature counts for 15 minutes, which also bounds how late a call can take effect. */
  #checkAge(signedAt: number): void {
    const { timeline, settings } = this.#parts.world;
    if (timeline.now() - signedAt >= settings.callLifetimeSeconds * 1000) {
      throw new Ec2Error('RequestExpired', 'Request has expired.');
    }
  }

  #record(
    { action, caller, parameters }: Call,
    { code, message }: Outcome,
    { arrivedAt, ...how }: Pick<RecordedCall, 'fault' | 'isLanding'> & { arrivedAt: number },
  ): void {
    const time = new Date(this.#parts.world.timeline.now());
    const call = { action, caller, parameters, arrivedAt: new Date(arrivedAt) };
    this.#parts.recorder.add({ ...call, ...how, time, outcome: code, message });
  }
}

function refuse(call: Call, error: Ec2Error): Outcome {
  return { code: error.code, message: error.message, answer: call.refuse(error) };
}

function fail(call: Call, code: string): Outcome {
  return refuse(call, new Ec2Error(code, 'An internal error has occurred.'));
}

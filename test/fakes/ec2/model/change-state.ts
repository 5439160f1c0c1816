import { Ec2Error } from '../wire/ec2-error.ts';
import type { Ec2Instance, InstanceStateName } from './instance.ts';
import { fitInto } from './room.ts';
import { takeResources } from './throttle.ts';
import { pass } from './transitions.ts';
import type { World } from './world.ts';

/** What a call did to one instance, as its answer tells it. */
export interface StateChange {
  readonly instanceId: string;
  readonly previous: InstanceStateName;
  readonly current: InstanceStateName;
}

/** Who asks, and for what. */
export interface ChangeCall {
  readonly instances: readonly Ec2Instance[];
  /** The access key. */
  readonly by: string;
}

/** Starts what is stopped. Throws for all of them `IncorrectInstanceState`, or what stands in the way of room. */
export function start(world: World, { instances, by }: ChangeCall): readonly StateChange[] {
  refuseIn(instances, ['stopping', 'shutting-down', 'terminated'], 'started');
  takeResources(world, 'StartInstances', instances.length);
  return instances.map((instance) =>
    change(instance, ['stopped'], () => {
      fitInto(world, { type: instance.type, zone: instance.zone }, { least: 1, wanted: 1 });
      instance.launchTime = world.timeline.now();
      instance.reason = '';
      instance.stateReason = undefined;
      pass(world, instance, 'pending');
      remember(world, 'started', { instance, by });
    }),
  );
}

/** Stops what is running; `isForced` gives it no time to end by itself. Throws `IncorrectInstanceState` for all. */
export function stop(
  world: World,
  { instances, by }: ChangeCall,
  isForced: boolean,
): readonly StateChange[] {
  refuseIn(instances, ['pending', 'shutting-down', 'terminated'], 'stopped');
  takeResources(world, 'StopInstances', instances.length);
  return instances.map((instance) =>
    change(instance, ['running'], () => {
      explain(world, instance, 'Client.UserInitiatedShutdown', 'User initiated shutdown');
      pass(world, instance, 'stopping', world.guests?.shutDown(instance, isForced));
      remember(world, 'stopped', { instance, by });
    }),
  );
}

/**
 * Terminates. With termination protection on one of them, those in its zone stay, those in other zones go, and the call
 * fails with `OperationNotPermitted` (API Reference, "TerminateInstances").
 */
export function terminate(world: World, { instances, by }: ChangeCall): readonly StateChange[] {
  takeResources(world, 'TerminateInstances', instances.length);
  const held = instances.filter((one) => one.isProtected && one.state !== 'terminated');
  const heldZones = new Set(held.map(({ zone }) => zone));
  const changes = instances
    .filter(({ zone }) => !heldZones.has(zone))
    .map((instance) => terminateOne(world, instance, by));
  const [first] = held;
  if (first !== undefined) {
    throw new Ec2Error(
      'OperationNotPermitted',
      `The instance '${first.id}' may not be terminated. Modify its 'disableApiTermination' instance attribute and try again.`,
    );
  }
  return changes;
}

/** What the machine does by itself: it stops, and nobody asked for that. */
export function shutDownByItself(world: World, instance: Ec2Instance): void {
  explain(world, instance, 'Client.InstanceInitiatedShutdown', 'Instance initiated shutdown');
  pass(world, instance, 'stopping', world.guests?.shutDown(instance, true));
  remember(world, 'stopped', { instance, by: '' });
}

/** What becomes of an instance whose start fails after the call was accepted, as over a volume that cannot be made. */
export function failByItself(world: World, instance: Ec2Instance, why: StartFailure): void {
  explain(world, instance, why.code, why.message);
  pass(world, instance, 'shutting-down', world.guests?.destroy(instance));
  remember(world, 'terminated', { instance, by: '' });
}

/** As in `StateReason`. */
export interface StartFailure {
  readonly code: string;
  readonly message: string;
}

function terminateOne(world: World, instance: Ec2Instance, by: string): StateChange {
  return change(instance, ['pending', 'running', 'stopping', 'stopped'], () => {
    explain(world, instance, 'Client.UserInitiatedShutdown', 'User initiated shutdown');
    pass(world, instance, 'shutting-down', world.guests?.destroy(instance));
    remember(world, 'terminated', { instance, by });
  });
}

function remember(
  { history, timeline }: World,
  event: 'started' | 'stopped' | 'terminated',
  { instance, by }: { readonly instance: Ec2Instance; readonly by: string },
): void {
  history.add(event, instance, { at: timeline.now(), by });
}

/** Calls `act` on an instance in one of these states; any other is where it should be already. */
function change(
  instance: Ec2Instance,
  from: readonly InstanceStateName[],
  act: () => void,
): StateChange {
  const previous = instance.state;
  if (from.includes(previous)) {
    act();
  }
  return { instanceId: instance.id, previous, current: instance.state };
}

function refuseIn(
  instances: readonly Ec2Instance[],
  states: readonly InstanceStateName[],
  verb: string,
): void {
  const wrong = instances.find(({ state }) => states.includes(state));
  if (wrong !== undefined) {
    throw new Ec2Error(
      'IncorrectInstanceState',
      `The instance '${wrong.id}' is not in a state from which it can be ${verb}.`,
    );
  }
}

function explain({ timeline }: World, instance: Ec2Instance, code: string, message: string): void {
  const at = new Date(timeline.now()).toISOString().replace('T', ' ').slice(0, 19);
  const initiated = code === 'Client.UserInitiatedShutdown' ? 'User' : 'Instance';
  instance.reason = `${initiated} initiated (${at} GMT)`;
  instance.stateReason = { code, message: `${code}: ${message}` };
}

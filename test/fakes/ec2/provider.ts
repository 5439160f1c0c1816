import { systemClock, type Clock } from '../../../lib/clock.ts';
import { Endpoint } from './endpoint.ts';
import { Faults } from './faults.ts';
import { LateCalls } from './late-calls.ts';
import { DEFAULT_CATALOGUE, type Catalogue } from './model/catalogue.ts';
import { failByItself, shutDownByItself, type StartFailure } from './model/change-state.ts';
import { findDuplicates, type Duplicate, type HistoryEntry } from './model/history.ts';
import { isLive, type Ec2Instance } from './model/instance.ts';
import { Timeline } from './model/timeline.ts';
import { bucketLevels } from './model/throttle.ts';
import { createWorld, type Guests, type World } from './model/world.ts';
import { Recorder } from './recorder.ts';
import { route } from './services/route.ts';
import { DEFAULT_SETTINGS, type Ec2Settings } from './settings.ts';
import {
  toSnapshot,
  toVolumeSnapshot,
  type InstanceSnapshot,
  type VolumeSnapshot,
} from './snapshot.ts';
import type { WireAnswer, WireRequest } from './wire/http-server.ts';

export interface ProviderOptions extends Partial<Ec2Settings> {
  /** Default: the wall clock. */
  readonly clock?: Pick<Clock, 'now' | 'schedule'>;
  /** The same seed gives the same ids and the same choices for the same calls. Default 1. */
  readonly seed?: number;
  /** Replaces parts of the default catalogue: images, subnets, types, ... */
  readonly catalogue?: Partial<Catalogue>;
  /** What really runs behind its instances. Default nothing. */
  readonly guests?: Guests | undefined;
}

/** An EC2 of one account in one Region, without its port: what it answers, and how to steer and watch it. */
export class FakeProvider {
  readonly faults = new Faults();
  readonly recorder = new Recorder();
  readonly #world: World;
  readonly #lateCalls: LateCalls;
  readonly #endpoint: Endpoint;
  #requests = 0;

  constructor({ clock, seed = 1, catalogue, guests, ...settings }: ProviderOptions) {
    this.#world = createWorld({
      timeline: new Timeline(clock ?? systemClock),
      catalogue: { ...DEFAULT_CATALOGUE, ...catalogue },
      settings: { ...DEFAULT_SETTINGS, signingTime: clock === undefined, ...settings },
      seed,
      guests,
    });
    this.#lateCalls = new LateCalls(this.#world.timeline);
    this.#endpoint = new Endpoint({
      world: this.#world,
      faults: this.faults,
      lateCalls: this.#lateCalls,
      recorder: this.recorder,
    });
  }

  /** Answers one request of a client; undefined: its connection ends. */
  async answer(request: WireRequest): Promise<WireAnswer | undefined> {
    this.#requests += 1;
    const requestId = `00000000-0000-4000-8000-${String(this.#requests).padStart(12, '0')}`;
    const answer = await this.#endpoint.answer(route(this.#world, request, requestId));
    const headers = { 'x-amzn-requestid': requestId };
    return answer === undefined ? undefined : { ...answer, headers };
  }

  get settings(): Ec2Settings {
    return this.#world.settings;
  }

  get catalogue(): Catalogue {
    return this.#world.catalogue;
  }

  /** Changes some settings; the others stay as they are. */
  configure(settings: Partial<Ec2Settings>): void {
    this.#world.settings = { ...this.#world.settings, ...settings };
  }

  /** Room for so many instances of this type at once; undefined: as many as one likes. */
  setCapacity(type: string, zone: string, count: number | undefined): void {
    const key = `${type}/${zone}`;
    const others = Object.entries(this.settings.capacity).filter(([one]) => one !== key);
    const all = count === undefined ? others : [...others, [key, count] as const];
    this.configure({ capacity: Object.fromEntries(all) });
  }

  /** The fake's time. */
  now(): Date {
    this.#world.timeline.settle();
    return new Date(this.#world.timeline.now());
  }

  /** Moves the fake's time ahead of its clock. */
  advance(seconds: number): void {
    this.#world.timeline.advance(seconds);
  }

  /** Late calls take effect now, in the order in which they were sent. */
  deliverLateCalls(): void {
    this.#world.timeline.settle();
    this.#lateCalls.deliver();
  }

  /** Whole tokens left in each bucket. */
  bucketLevels(): ReturnType<typeof bucketLevels> {
    this.#world.timeline.settle();
    return bucketLevels(this.#world);
  }

  /** Late calls that may still take effect. */
  get lateCallCount(): number {
    return this.#lateCalls.count;
  }

  /** Every instance there is, hidden and terminated ones included, in the order of their launches. */
  instances(): readonly InstanceSnapshot[] {
    this.#world.timeline.settle();
    return this.#world.instances
      .all()
      .toSorted((a, b) => a.sequence - b.sequence)
      .map(toSnapshot);
  }

  /** How many are neither `terminated` nor on the way there: far cheaper than `instances()`, for who asks all the time. */
  get liveCount(): number {
    this.#world.timeline.settle();
    return this.#world.instances.all().filter(isLive).length;
  }

  volumes(): readonly VolumeSnapshot[] {
    this.#world.timeline.settle();
    return this.#world.volumes.all().map(toVolumeSnapshot);
  }

  /** Launches, starts, stops and terminations, with who asked for them. */
  get history(): readonly HistoryEntry[] {
    return this.#world.history.entries;
  }

  /** Workspaces with several live instances now. */
  duplicates(): readonly Duplicate[] {
    this.#world.timeline.settle();
    return findDuplicates(this.#world.instances.all());
  }

  /** Launches that gave a workspace one live instance more than one, whether or not they are alive still. */
  get duplicatesEver(): readonly (Duplicate & { readonly at: Date })[] {
    return this.#world.history.duplicates;
  }

  /** The machine ends by itself: it is `stopped`, and nobody asked for that. */
  shutDown(instanceId: string): void {
    shutDownByItself(this.#world, this.#get(instanceId));
  }

  /** Its start fails after all: it is terminated, and nobody asked for that. */
  failStart(instanceId: string, why: StartFailure): void {
    failByItself(this.#world, this.#get(instanceId), why);
  }

  /** Adds to what the instance writes to its console. */
  writeConsole(instanceId: string, text: string): void {
    this.#get(instanceId).consoleOutput += text;
  }

  /** Somebody else's hand: replaces all tags of an instance at once. */
  setTags(instanceId: string, tags: Readonly<Record<string, string>>): void {
    this.#get(instanceId).tags.set(tags, this.#world.timeline.now());
  }

  #get(id: string): Ec2Instance {
    this.#world.timeline.settle();
    const instance = this.#world.instances.get(id);
    if (instance === undefined) {
      throw new Error(`the fake EC2 has no instance ${id}`);
    }
    return instance;
  }
}

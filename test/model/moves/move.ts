import type { Setting } from '../setting.ts';
import type { Role, World } from '../world.ts';

/** Takes what can happen next: what it was, the world after it, and what it broke. */
export type Emit = (label: string, next: World, violation?: string) => void;

/** One kind of thing that can happen. Emits every way it can go, the good one first. */
export type Move = (world: World, setting: Setting, emit: Emit) => void;

/** A move of one process. */
export type RoleMove = (world: World, role: Role, setting: Setting, emit: Emit) => void;

/** Where a step is taken, and who is told. */
export interface Place {
  readonly world: World;
  readonly role: Role;
  readonly setting: Setting;
  readonly emit: Emit;
}

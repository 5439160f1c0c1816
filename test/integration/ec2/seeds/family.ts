import type { Wishes } from './system-under-test.ts';

/** The workspaces of a story are one small tree; the root first. */
export const NAMES = ['ada', 'ben', 'cleo', 'dora'] as const;

const PARENTS: Readonly<Record<string, string>> = { ben: 'ada', cleo: 'ben', dora: 'ada' };

/** `undefined`: it is the root. */
export function parentOf(name: string): string | undefined {
  return PARENTS[name];
}

/** It and those above it, the root last. */
export function lineOf(name: string): readonly string[] {
  const parent = parentOf(name);
  return [name, ...(parent === undefined ? [] : lineOf(parent))];
}

/** It and those below it: who deletes one deletes all of them. */
export function branchOf(name: string): readonly string[] {
  return NAMES.filter((one) => lineOf(one).includes(name));
}

/** Whether it or one above it is paused: no instance of it is to run. */
export function isPausedIn(wishes: Wishes, name: string): boolean {
  return lineOf(name).some((one) => wishes.get(one)?.isPaused === true);
}

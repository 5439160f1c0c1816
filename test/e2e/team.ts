import { expect } from '@jest/globals';
import { sample, sampleClass, toYaml } from '../support/agent-manifests.ts';
import { eventuallyTrue } from '../support/eventually.ts';
import type { Installation } from '../support/installation.ts';

/** Workspaces by name, each as its `Ready` condition is to say it. */
export type Team = Readonly<Record<string, 'Online' | 'Paused'>>;

export function online(...names: readonly string[]): Team {
  return Object.fromEntries(names.map((name) => [name, 'Online']));
}

export const TEN = online(...Array.from({ length: 10 }, (_, index) => `w${index}`));

/** Creates, pauses, resumes and deletes in one request what it takes to have this team. Answers whether it arrived. */
export async function declare(installation: Installation, team: Team): Promise<boolean> {
  const workspaces = Object.entries(team).map(([name, state]) =>
    sample(name, { desiredState: state === 'Paused' ? 'Paused' : 'Running' }),
  );
  const stdin = toYaml(sampleClass(), ...workspaces);
  const { code } = await installation.cli('apply --prune -f -', { stdin });
  return code === 0;
}

/** The same, with a controller that is there. */
export async function apply(installation: Installation, team: Team): Promise<void> {
  expect(await declare(installation, team)).toBe(true);
}

/** Waits until the team stands, then looks at the processes themselves: one per workspace that runs, none left over. */
export async function expectOneEach(installation: Installation, team: Team): Promise<void> {
  await installation.settle(team);
  const workspaces = await installation.workspaces();
  const running = workspaces
    .filter(({ metadata }) => team[metadata.name] === 'Online')
    .map(({ metadata }) => metadata.uid)
    .sort();
  expect(uidsOf(installation.agents())).toEqual(running);
  // A supervisor clears up for a moment after its agent.
  await eventuallyTrue({ until: 'no other supervisors are left' }, () => {
    return JSON.stringify(uidsOf(installation.supervisors())) === JSON.stringify(running);
  });
}

function uidsOf(all: readonly { readonly workspaceUid: string }[]): readonly string[] {
  return all.map(({ workspaceUid }) => workspaceUid).sort();
}

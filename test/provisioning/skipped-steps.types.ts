import type { FencedTransaction } from '../../store/fencing.ts';
import { insertLaunch } from '../../store/launches.ts';
import {
  addIdentity,
  envOf,
  renderFiles,
  type Draft,
  type Merged,
  type WithEnv,
} from '../../provisioning/draft.ts';
import {
  prepareLaunch,
  renderLaunch,
  type CallSource,
  type PipelineServices,
  type PlacementSource,
} from '../../provisioning/pipeline.ts';

// A launch that skips a step does not compile. Nobody calls these functions: `tsc` fails where the error that a comment expects
// is missing.

export function withoutSecrets(merged: Merged): void {
  // @ts-expect-error: the identity goes on top of an environment that was read.
  addIdentity(merged);
}

export function withoutIdentity(read: WithEnv): void {
  // @ts-expect-error: files are rendered for somebody.
  renderFiles(read);
}

export function withoutRequiredEnv(env: Parameters<typeof envOf>[0], place: PlacementSource): void {
  // @ts-expect-error: what was only drafted has passed neither mutators nor the check of required names.
  void prepareLaunch(envOf(env), place);
}

export function withoutMutators(draft: Draft, call: CallSource, services: PipelineServices): void {
  // @ts-expect-error: the same for what is sent with each call.
  renderLaunch({ draft, env: envOf(draft) }, call, services);
}

export async function withoutPlacement(
  tx: FencedTransaction,
  { record: { uid, namespace, name }, wanted }: PlacementSource,
): Promise<void> {
  const options = { installationId: 'tl-1', highestAttemptSeen: 0 };
  const launch = { ...wanted, workspaceUid: uid, namespace, name, parameters: {} };
  // @ts-expect-error: `prepareLaunch` alone makes what is stored and then sent.
  await insertLaunch(tx, launch, options);
}

import type { WorkspaceTemplateSpec } from '../api/workspace-template.ts';
import type { WorkspaceSpec } from '../api/workspace.ts';
import { hashOf } from '../lib/hash.ts';
import { bundleFiles } from '../provisioning/bundle-files.ts';
import { identityEnv } from '../provisioning/identity.ts';
import { layerEnv } from '../provisioning/layer-env.ts';
import { mergeSpec } from '../provisioning/merge-spec.ts';
import { readEnv } from '../provisioning/read-env.ts';
import { missingEnv } from '../provisioning/required-env.ts';
import type { SecretSnapshot } from '../sources/source.ts';
import { percentile, printTable } from './support/numbers.ts';

const FILES = 50;
const BYTES = 400_000;
const ROUNDS = 2000;
const WARM_UP = 200;

const folder = Object.fromEntries(
  Array.from({ length: FILES }, (_, index) => [
    `skills/skill-${index}.md`,
    // Lines of prose: what a bundle is made of, rather than one letter many times.
    `Step ${index}: read the ticket, write the change, say why.\n`
      .repeat(200)
      .slice(0, BYTES / FILES),
  ]),
);
const template: WorkspaceTemplateSpec = {
  runtime: 'claude-code',
  env: numbered(20, (index) => ({ name: `SETTING_${index}`, value: `template ${index}` })),
  envFrom: [{ secretRef: { name: 'bot' } }],
  requiredEnv: [{ name: 'TOKEN_0' }, { anyOf: ['TOKEN_1', 'TOKEN_2'] }],
  prompts: { system: 'You write code.\n'.repeat(100), initial: 'Look around.' },
  files: [{ directory: 'files' }],
  plugins: numbered(10, (index) => `plugin-${index}`),
  schedules: numbered(5, (index) => ({
    name: `daily-${index}`,
    cron: '0 9 * * 1-5',
    prompt: 'Plan the day.',
  })),
};
const workspace: WorkspaceSpec = {
  displayName: 'Ada',
  role: 'writes code',
  env: numbered(10, (index) => ({
    name: `PASSWORD_${index}`,
    valueFrom: { secretKeyRef: { name: 'bot', key: `TOKEN_${index}` } },
  })),
  files: [{ inline: { 'notes.md': 'Mind the tests.' } }],
  plugins: ['!plugin-3', 'extra'],
};
const values = Object.fromEntries(
  numbered(20, (index) => [`TOKEN_${index}`, `value ${index}`.repeat(4)]),
);
const secrets: SecretSnapshot = {
  find: () => ({ kind: 'found', values }),
  global: () => ({ kind: 'found', values: { REGION: 'north' } }),
  revision: () => 'revision',
  keyedHash: hashOf,
};

const samples: number[] = [];
let deliveredBytes = 0;
for (let round = 0; round < ROUNDS + WARM_UP; round += 1) {
  const startedMs = performance.now();
  deliveredBytes = prepare();
  if (round >= WARM_UP) {
    samples.push(performance.now() - startedMs);
  }
}

printTable(
  `pipeline of one workspace: merge, secrets, env, ${FILES} files of ${Math.round(deliveredBytes / 1000)} kB, hash ` +
    `(${ROUNDS} rounds after ${WARM_UP})`,
  [
    { measure: 'p50 ms', measured: percentile(samples, 0.5), target: '≤ 10' },
    { measure: 'p99 ms', measured: percentile(samples, 0.99), target: '≤ 10' },
  ],
);

/** Everything that is pure, as every pass over a workspace does it; answers the bytes of the files. */
function prepare(): number {
  const merged = mergeSpec({
    workspaceClass: { backend: 'process' },
    template,
    orgDefaults: undefined,
    workspace,
  });
  const reading = readEnv(merged, 'default', secrets);
  if (reading.kind === 'missing') {
    throw new Error(reading.problems.join('; '));
  }
  const { displayName, role, tier, model, runtime } = merged;
  const identity = { uid: 'uid', name: 'ada', displayName, role, tier, model, runtime };
  const env = layerEnv({
    runtime: {},
    declared: reading.env,
    mutated: {},
    identity: identityEnv({ ...identity, platformUrl: 'http://127.0.0.1:7070' }),
  });
  const { files, problems } = bundleFiles({
    merged,
    directories: { template: { files: folder } },
    name: 'ada',
    children: [],
  });
  if (problems.length > 0 || missingEnv(merged.requiredEnv, env).length > 0) {
    throw new Error('the workspace of this measurement is not complete');
  }
  hashOf({ env, files: files.config });
  return Object.values(files.config).reduce((sum, text) => sum + text.length, 0);
}

function numbered<Item>(count: number, make: (index: number) => Item): Item[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

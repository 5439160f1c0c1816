import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import {
  ACCEPTED_REASONS,
  OTHER_REASONS,
  PROVISIONED_REASONS,
  READY_REASONS,
} from '../../api/reasons.ts';

const TESTS = join(import.meta.dirname, '..');

/** Reasons that nothing says yet, and what will. */
const LATER: Readonly<Record<string, string>> = {
  OwnerMissing: 'the expansion of Orgs',
  PullingImage: 'the docker backend, while it pulls',
  OOMKilled: 'the docker backend: the process backend has no limits of memory',
  Pending: 'nothing says it as a reason; as a phase it is shown',
};

/** The word as a value that a test expects, and not as a state, a phase, or the type of a condition. */
function expectation(reason: string): RegExp {
  const other = 'desiredState|effectiveState|phase|kind|readiness|action|state|type';
  return new RegExp(`(?<!(?:${other}): |condition\\([^()]*, )'${reason}'`);
}

async function namedReasons(reasons: readonly string[]): Promise<readonly string[]> {
  const files = globSync('**/*.test.ts', { cwd: TESTS }).filter(
    (file) => file !== 'api/reasons.test.ts',
  );
  const texts = await Promise.all(files.map((file) => readFile(join(TESTS, file), 'utf8')));
  return reasons.filter((reason) => texts.some((text) => expectation(reason).test(text)));
}

const REASONS = [
  ...new Set([...ACCEPTED_REASONS, ...PROVISIONED_REASONS, ...READY_REASONS, ...OTHER_REASONS]),
];

it('has a test that expects it for every reason that can be reached', async () => {
  const named = await namedReasons(REASONS);

  expect(REASONS.filter((reason) => !named.includes(reason) && !(reason in LATER))).toEqual([]);
});

it('lists as unreachable only reasons that exist', () => {
  expect(Object.keys(LATER).filter((reason) => !REASONS.some((one) => one === reason))).toEqual([]);
});

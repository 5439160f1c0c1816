import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import {
  ACCEPTED_REASONS,
  OTHER_REASONS,
  PHASES,
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

/** Reasons that no condition has, and the test that gets them as the answer of the API. */
const ANSWERED: Readonly<Record<string, string>> = {
  NameConflict: 'server/api/apply.test.ts',
};

/** Who imports one of these lets the real reconciler write every status; elsewhere statuses are made by hand. */
const REAL_RECONCILER = /support\/(?:harness|ec2-harness|installation)\.ts'/;

/** The word as a value that a test expects, and not as a state, a phase, or the type of a condition. */
function expectation(reason: string): RegExp {
  const other = 'desiredState|effectiveState|phase|kind|readiness|action|state|type|close_reason';
  return new RegExp(`(?<!(?:${other}): |type === |condition\\([^()]*, )'${reason}'`);
}

function phaseExpectation(phase: string): RegExp {
  return new RegExp(`phase(?:: |\\)\\.toBe\\()'${phase}'`);
}

async function readTests(): Promise<readonly string[]> {
  const files = globSync('**/*.test.ts', { cwd: TESTS });
  const texts = await Promise.all(files.map((file) => readFile(join(TESTS, file), 'utf8')));
  return texts.filter((text) => REAL_RECONCILER.test(text));
}

const REASONS = [
  ...new Set([...ACCEPTED_REASONS, ...PROVISIONED_REASONS, ...READY_REASONS, ...OTHER_REASONS]),
];

it('has a test that sees the real reconciler say it, for every reason that can be reached', async () => {
  const tests = await readTests();

  const unseen = REASONS.filter((reason) => !tests.some((text) => expectation(reason).test(text)));
  expect(unseen.filter((reason) => !(reason in LATER) && !(reason in ANSWERED))).toEqual([]);
});

it('has a test that sees a workspace in it, for every phase', async () => {
  const tests = await readTests();

  expect(
    PHASES.filter((phase) => !tests.some((text) => phaseExpectation(phase).test(text))),
  ).toEqual([]);
});

it.each(Object.entries(ANSWERED))('has %s as an answer that %s gets', async (reason, file) => {
  expect(expectation(reason).test(await readFile(join(TESTS, file), 'utf8'))).toBe(true);
});

it('lists as unreachable only reasons that exist', () => {
  const unreachable = [...Object.keys(LATER), ...Object.keys(ANSWERED)];

  expect(unreachable.filter((reason) => !REASONS.some((one) => one === reason))).toEqual([]);
});

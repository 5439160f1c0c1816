import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { rename, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { below, sample, sampleClass, toYaml } from '../support/agent-manifests.ts';
import { eventually, eventuallyTrue } from '../support/eventually.ts';
import { Installation } from '../support/installation.ts';
import { online } from './team.ts';

const HEAD = 'apiVersion: treeline.dev/v1alpha1\nkind: Workspace\n';
const LAUGHS = Array.from(
  { length: 9 },
  (_, n) => `a${n + 1}: &a${n + 1} [${`*a${n},`.repeat(9)}]`,
);

/** File by file, what is wrong with it and what is to be said of it. */
const BAD_FILES: Readonly<Record<string, readonly [text: string | Buffer, problem: string]>> = {
  'unknown-field.yaml': [
    `${HEAD}metadata: { name: u1 }\nspec:\n  colour: red\n`,
    'unknown-field.yaml:5:3: spec.colour',
  ],
  'wrong-type.yaml': [
    `${HEAD}metadata: { name: u2 }\nspec:\n  tier: high\n`,
    'wrong-type.yaml:5:9: spec.tier',
  ],
  'too-much.yaml': [
    `${HEAD}metadata: { name: u3 }\nspec:\n  tier: 7\n`,
    'spec.tier: must be <= 4 (got 7)',
  ],
  'twice.yaml': [`${HEAD}metadata: { name: u4 }\nspec: {}\nspec: {}\n`, 'twice.yaml:5:1'],
  'bomb.yaml': [`a0: &a0 [x]\n${LAUGHS.join('\n')}\n`, 'bomb.yaml'],
  'slug.yaml': [`${HEAD}metadata: { name: Not_A_Slug }\nspec: {}\n`, 'slug.yaml:3:19'],
  'long.yaml': [`${HEAD}metadata: { name: ${'n'.repeat(300)} }\nspec: {}\n`, 'long.yaml:3:19'],
  'self-parent.yaml': [toYaml(sample('u5', below('u5'))), 'cannot be its own parent'],
  'ada-again.yaml': [toYaml(sample('ada', { tier: 3 })), 'ada'],
  'large.yaml': [`# ${'x'.repeat(5 * 1024 * 1024)}\n`, 'large.yaml'],
  'binary.yaml': [Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 0, 0, 1]), 'binary.yaml'],
  'latin-1.yaml': [Buffer.from('# caf\u00e9\n', 'latin1'), 'latin-1.yaml:1'],
};
const PROBLEMS = Object.values(BAD_FILES).map(([, problem]) => problem);

/** Its passes take half a minute on a busy machine. */
const CHAIN = process.env['TREELINE_SOAK'] === '1' ? 5_000 : 1_000;

let installation: Installation;

beforeAll(async () => {
  installation = await Installation.create();
  await installation.write('class.yaml', toYaml(sampleClass()));
  await installation.write('ada.yaml', toYaml(sample('ada')));
  await installation.write('ben.yaml', toYaml(sample('ben', below('ada'))));
  await installation.follow();
  await installation.settle(online('ada', 'ben'));
}, 60_000);

afterAll(async () => {
  await installation[Symbol.asyncDispose]();
}, 60_000);

describe('bad manifests', () => {
  it('in the folder are named with file and line, and stop nothing else', async () => {
    const before = installation.pids();
    await writeBadFiles();
    await symlink('nowhere.yaml', join(installation.manifests, 'dangling.yaml'));
    await installation.write('cem.yaml', toYaml(sample('cem')));
    await installation.settle(online('ada', 'ben', 'cem'));
    const problems = await problemsWhen((all) => all.length > PROBLEMS.length);

    PROBLEMS.forEach((problem) => {
      expect(problems).toContainEqual(expect.stringContaining(problem));
    });
    expect(problems).toContainEqual(expect.stringContaining('dangling.yaml'));
    expect([...installation.pids()]).toEqual(expect.arrayContaining([...before]));
  }, 60_000);

  it('sent by `apply` are named all at once, and nothing is sent', async () => {
    const { code, stdout, stderr } = await installation.cli('apply -f manifests');

    expect(code).toBe(2);
    expect(stdout).toBe('');
    PROBLEMS.forEach((problem) => {
      expect(stderr).toContain(problem);
    });
  });

  it('are forgotten when they are mended', async () => {
    await Promise.all(
      [...Object.keys(BAD_FILES), 'dangling.yaml'].map((file) =>
        rm(join(installation.manifests, file)),
      ),
    );

    expect(await problemsWhen((all) => all.length === 0)).toEqual([]);
    await installation.settle(online('ada', 'ben', 'cem'));
  });
});

describe('a tree that is none', () => {
  it('because two edits made a cycle becomes a condition, and stops no agent', async () => {
    const before = installation.pids();

    await installation.write('ada.yaml', toYaml(sample('ada', below('ben'))));
    await installation.settle({ ada: 'ParentCycle', ben: 'ParentCycle', cem: 'Online' });
    const during = installation.pids();
    await installation.write('ada.yaml', toYaml(sample('ada')));
    await installation.settle(online('ada', 'ben', 'cem'));

    expect(during).toEqual(before);
    expect(installation.pids()).toEqual(before);
  });

  it('because it is far too deep is refused below its 16th level, and the rest goes on', async () => {
    const before = installation.pids();
    const chain = Array.from({ length: CHAIN }, (_, n) =>
      sample(`c${n}`, { desiredState: 'Paused', ...(n > 0 && below(`c${n - 1}`)) }),
    );
    const stdin = toYaml(...chain);

    await installation.cli('apply --apply-set chain -f -', { stdin });
    await eventuallyTrue({ until: 'the last one was looked at', seconds: 60 }, async () => {
      const { status } = await installation.workspace(`c${CHAIN - 1}`);
      return status.conditions?.some(({ reason }) => reason === 'DepthExceeded') === true;
    });
    await installation.write('dan.yaml', toYaml(sample('dan')));
    await eventually({ until: 'dan runs' }, () => installation.agentOf('dan'));

    expect([...installation.pids()]).toEqual(expect.arrayContaining([...before]));
  }, 120_000);
});

describe('a folder that disappears', () => {
  it('costs no agent, is reported, and goes on when it is back', async () => {
    const before = installation.pids();
    const elsewhere = join(installation.folder, 'elsewhere');

    await rename(installation.manifests, elsewhere);
    const problems = await problemsWhen((all) => all.length > 0);
    const during = installation.pids();
    await rename(elsewhere, installation.manifests);
    await problemsWhen((all) => all.length === 0);

    expect(problems).toContainEqual(expect.stringMatching(/^the folder \S+ cannot be read/));
    expect(during).toEqual(before);
    expect(installation.pids()).toEqual(before);
  });
});

async function writeBadFiles(): Promise<void> {
  for (const [file, [content]] of Object.entries(BAD_FILES)) {
    await installation.write(file, content);
  }
}

/** What the folder reports, as soon as that is so. */
async function problemsWhen(isSo: (all: readonly string[]) => boolean): Promise<readonly string[]> {
  return await eventually({ until: 'the folder reports what it should' }, async () => {
    const { stdout } = await installation.cli('source list -o json');
    const { items } = JSON.parse(stdout) as { items: { problems: string[] }[] };
    const problems = items.flatMap((source) => source.problems);
    return isSo(problems) ? problems : undefined;
  });
}

import { describe, expect, it } from '@jest/globals';
import { formatProblem } from '../../../api/manifests/read-manifests.ts';
import { namesIn, problemsOf, read, workspaceYaml } from './manifest.ts';

const CONFIG_MAP = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n';

function indent(text: string): string {
  return text.trimEnd().replaceAll('\n', '\n  ');
}

describe('documents of a file', () => {
  it.each([
    ['nothing', ''],
    ['a comment', '# nothing yet\n'],
    ['separators', '---\n---\n# a\n--- # b\n'],
    ['null', '~\n---\nnull\n'],
  ])('finds no object and no problem in %s', (_title, text) => {
    expect(read(text)).toEqual({ documents: [], problems: [], skipped: [] });
  });

  it('reads each document between separators', () => {
    const text = ['', workspaceYaml('{}', 'ada'), '# empty\n', workspaceYaml('{}', 'bob')].join(
      '---\n',
    );

    expect(namesIn(text)).toEqual(['ada', 'bob']);
  });

  it('gives the line of the first key as the origin', () => {
    const text = `# a comment\n${workspaceYaml()}---\n\n# another\n${workspaceYaml('{}', 'bob')}`;

    expect(read(text).documents.map(({ declaration }) => declaration.origin)).toEqual([
      'team.yaml:2',
      'team.yaml:9',
    ]);
  });

  it.each(['[', '{a: ', '"', "'", '? |\n - &a', '\t- a', ': :', '!<'])(
    'reads the others when one is %j',
    (broken) => {
      const text = `${workspaceYaml('{}', 'ada')}---\n${broken}\n---\n${workspaceYaml('{tier: 5}', 'bob')}---\n${workspaceYaml('{}', 'cy')}`;

      expect(namesIn(text)).toEqual(['ada', 'cy']);
      expect(problemsOf(text).at(-1)).toMatch(
        /^team\.yaml:\d+:14: spec\.tier: must be <= 4 \(got 5\)$/,
      );
      expect(problemsOf(text).length).toBeGreaterThan(1);
    },
  );

  it('refuses text behind a separator, as kubectl does', () => {
    expect(problemsOf(`--- {}\n---\n${workspaceYaml()}`)).toEqual([
      'team.yaml:1:1: nothing may follow --- on its line',
    ]);
  });

  it('refuses a second document behind a line of dots', () => {
    expect(problemsOf(`${workspaceYaml()}...\n${workspaceYaml('{}', 'bob')}`)).toEqual([
      'team.yaml:6:1: a further document must begin with a line ---',
    ]);
  });

  it('refuses directives, as kubectl does', () => {
    expect(problemsOf(`%YAML 1.2\n---\n${workspaceYaml()}`)).toEqual([
      'team.yaml:1:1: directives such as %YAML are not read, nor by kubectl',
    ]);
  });

  it.each([
    ['v1', 'List'],
    ['treeline.dev/v1alpha1', 'WorkspaceList'],
  ])('unpacks a list of %s %s', (apiVersion, kind) => {
    const text = `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {resourceVersion: ""}\nitems:\n- ${indent(workspaceYaml('{}', 'ada'))}\n- ${indent(CONFIG_MAP)}\n- ${indent(workspaceYaml('{tier: 9}', 'bob'))}\n- ${indent(workspaceYaml('{}', 'cy'))}\n`;

    expect(namesIn(text)).toEqual(['ada', 'cy']);
    expect(read(text).documents[1]?.declaration.origin).toBe('team.yaml:16');
    expect(problemsOf(text)).toEqual(['team.yaml:15:16: items[2].spec.tier: must be <= 4 (got 9)']);
  });

  it('reads an empty list', () => {
    expect(read('apiVersion: v1\nkind: List\nitems: []\n')).toEqual({
      documents: [],
      problems: [],
      skipped: [],
    });
  });

  it('declares nothing out of a document with a duplicate key', () => {
    const text = `apiVersion: v1\nkind: List\nitems:\n- ${indent(workspaceYaml('{tier: 1, tier: 2}'))}\n- ${indent(workspaceYaml('{}', 'bob'))}\n`;

    expect(namesIn(text)).toEqual([]);
    expect(problemsOf(text)).toHaveLength(1);
  });

  it('lets a source add a problem at a field of its own finding', () => {
    const [, second] = read(
      `${workspaceYaml('{}', 'ada')}---\n${workspaceYaml('{files: [{directory: prompts}]}', 'bob')}`,
    ).documents;

    const problem = second?.problemAt(['spec', 'files', 0, 'directory'], 'not found');

    expect(problem && formatProblem(problem)).toBe(
      'team.yaml:9:28: spec.files[0].directory: not found',
    );
  });

  it('points above a field that is not there', () => {
    const [document] = read(workspaceYaml('{tier: 2}')).documents;

    const problem = document?.problemAt(['spec', 'parentRef', 'name'], 'no such workspace');

    expect(problem && formatProblem(problem)).toBe(
      'team.yaml:4:1: spec.parentRef.name: no such workspace',
    );
  });
});

describe('objects of others', () => {
  it.each([
    ['v1', 'ConfigMap'],
    ['apps/v1', 'Deployment'],
    ['kustomize.config.k8s.io/v1beta1', 'Kustomization'],
    ['apiextensions.k8s.io/v1', 'CustomResourceDefinition'],
    ['helm.toolkit.fluxcd.io/v2', 'HelmRelease'],
    ['argoproj.io/v1alpha1', 'Application'],
  ])('passes over %s %s, and says so', (apiVersion, kind) => {
    const text = `apiVersion: ${apiVersion}\nkind: ${kind}\nanything: !tag 1\n---\n${workspaceYaml()}`;

    expect(problemsOf(text)).toEqual([]);
    expect(namesIn(text)).toEqual(['ada']);
    expect(read(text).skipped).toEqual([{ apiVersion, kind, file: 'team.yaml', line: 1 }]);
  });

  it.each([
    [
      'a kind of ours under another group',
      'v1',
      'Workspace',
      'apiVersion: must be treeline.dev/v1alpha1 (got "v1")',
    ],
    [
      'our group misspelled',
      'treline.dev/v1alpha1',
      'Workspace',
      'apiVersion: must be treeline.dev/v1alpha1 (got "treline.dev/v1alpha1", did you mean "treeline.dev/v1alpha1"?)',
    ],
    [
      'both misspelled',
      'treline.dev/v1',
      'Worskpace',
      'kind: must be one of Workspace, WorkspaceTemplate, WorkspaceClass, Org (got "Worskpace", did you mean "Workspace"?)',
    ],
    [
      'another version',
      'treeline.dev/v1',
      'Workspace',
      'apiVersion: must be treeline.dev/v1alpha1 (got "treeline.dev/v1")',
    ],
    [
      'an unknown kind of ours',
      'treeline.dev/v1alpha1',
      'Team',
      'kind: must be one of Workspace, WorkspaceTemplate, WorkspaceClass, Org (got "Team")',
    ],
  ])('refuses %s: passed over, it would look deleted', (_title, apiVersion, kind, message) => {
    const text = `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: ada}\nspec: {}\n`;

    expect(problemsOf(text)).toContainEqual(expect.stringContaining(message));
    expect(read(text).skipped).toEqual([]);
  });
});

import { expect, it } from '@jest/globals';
import { validateDeclaration } from '../../api/validate.ts';
import { cloudClass } from '../support/cloud-class.ts';

function problemsWith(tags: Readonly<Record<string, string>>): readonly string[] {
  const { name, spec } = cloudClass({ ec2: { tags } });
  const validated = validateDeclaration({
    apiVersion: 'treeline.dev/v1alpha1',
    kind: 'WorkspaceClass',
    metadata: { name },
    spec,
  });
  return 'problems' in validated ? validated.problems.map(({ path }) => path) : [];
}

it('takes tags of its own for a class of EC2, Name among them', () => {
  expect(problemsWith({ Name: 'agent', team: 'design' })).toEqual([]);
});

it.each(['treeline.dev/installation', 'treeline.dev/workspace-uid', 'aws:autoscaling:groupName'])(
  'refuses a class of EC2 with the reserved tag %s',
  (key) => {
    expect(problemsWith({ [key]: 'mine' })).toEqual([`spec.ec2.tags["${key}"]`]);
  },
);

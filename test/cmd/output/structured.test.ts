import { describe, expect, it } from '@jest/globals';
import { renderName, renderStructured, toList } from '../../../cmd/output/structured.ts';

const ADA = {
  kind: 'Workspace' as const,
  apiVersion: 'treeline.dev/v1alpha1',
  spec: { tier: 2, env: [{ value: 'no', name: 'A' }] },
  metadata: { name: 'ada' },
};

describe('what programs read', () => {
  it('is JSON with its fields in the order of the alphabet', async () => {
    expect(await renderStructured(toList([ADA]), 'json')).toBe(`{
    "apiVersion": "v1",
    "items": [
        {
            "apiVersion": "treeline.dev/v1alpha1",
            "kind": "Workspace",
            "metadata": {
                "name": "ada"
            },
            "spec": {
                "env": [
                    {
                        "name": "A",
                        "value": "no"
                    }
                ],
                "tier": 2
            }
        }
    ],
    "kind": "List",
    "metadata": {}
}`);
  });

  it('is YAML that kubectl reads the same way: "no" stays text', async () => {
    expect(await renderStructured(ADA, 'yaml')).toBe(`apiVersion: treeline.dev/v1alpha1
kind: Workspace
metadata:
  name: ada
spec:
  env:
    - name: A
      value: "no"
  tier: 2`);
  });

  it('is the name of an object as kubectl prints it', () => {
    expect(renderName(ADA)).toBe('workspace.treeline.dev/ada');
  });
});

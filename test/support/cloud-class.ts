import type { Ec2Parameters } from '../../api/ec2-parameters.ts';
import type { DeclarationOf } from '../../api/objects.ts';
import type { WorkspaceClassSpec } from '../../api/workspace-class.ts';
import { launchableClass } from '../backends/ec2/ec2-test-bed.ts';

interface CloudChoices extends Partial<Omit<WorkspaceClassSpec, 'ec2'>> {
  readonly name?: string;
  readonly ec2?: Partial<Ec2Parameters>;
}

/** The default class, on the fake EC2, with one runtime called `sample`. */
export function cloudClass({
  name = 'cloud',
  ec2 = {},
  ...spec
}: CloudChoices = {}): DeclarationOf<'WorkspaceClass'> {
  return {
    kind: 'WorkspaceClass',
    namespace: '',
    name,
    labels: {},
    annotations: {},
    spec: {
      ...launchableClass({ runtimes: { sample: { command: ['sample'] } }, ...ec2 }),
      default: true,
      readiness: 'Running',
      ...spec,
    },
  };
}

import type { Ec2Parameters } from '../../../api/ec2-parameters.ts';
import type { WorkspaceClassSpec } from '../../../api/workspace-class.ts';

/** A class of EC2; overrides show what matters. */
export function ec2Class(ec2: Partial<Ec2Parameters> = {}): WorkspaceClassSpec {
  return {
    backend: 'ec2',
    ec2: {
      region: 'us-east-1',
      image: { id: 'ami-1' },
      instanceTypes: { '2': ['t3.small'] },
      subnets: ['subnet-a'],
      securityGroups: ['sg-1'],
      runtimes: { agent: { command: ['/opt/agent'] } },
      ...ec2,
    },
  };
}

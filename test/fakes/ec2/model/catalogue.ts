export interface Image {
  readonly id: string;
  readonly name: string;
  readonly ownerId: string;
  /** Another name by which `Owners` may ask for it, e.g. `amazon`. */
  readonly ownerAlias?: string;
  readonly architecture: 'x86_64' | 'arm64';
  readonly createdAt: string;
  readonly rootDeviceName: string;
  readonly rootSizeGiB: number;
}

export interface Subnet {
  readonly id: string;
  readonly zone: string;
  readonly vpcId: string;
  /** Chosen by EC2 for launches that name neither subnet nor zone. */
  readonly isDefault: boolean;
}

export interface SecurityGroup {
  readonly id: string;
  readonly name: string;
  readonly vpcId: string;
}

export interface InstanceType {
  readonly name: string;
  readonly vcpus: number;
  readonly memoryMiB: number;
  readonly architecture: 'x86_64' | 'arm64';
}

/** What an account finds in its Region. Lists may be replaced by options. */
export interface Catalogue {
  readonly region: string;
  readonly accountId: string;
  readonly zones: readonly string[];
  readonly images: readonly Image[];
  readonly subnets: readonly Subnet[];
  readonly securityGroups: readonly SecurityGroup[];
  readonly instanceTypes: readonly InstanceType[];
  /** Undefined: any name is one. */
  readonly keyNames: readonly string[] | undefined;
  /** Names, not ARNs. Undefined: any name is one. */
  readonly instanceProfiles: readonly string[] | undefined;
  /** Values of SSM parameters by their names. */
  readonly ssmParameters: Readonly<Record<string, string>>;
}

const VPC = 'vpc-0a11ce00000000001';
const REGION = 'us-east-1';
const ZONES = ['a', 'b', 'c'].map((letter) => `${REGION}${letter}`);

/** Sizes as the vendor's page of instance types gives them. */
const INSTANCE_TYPES: readonly InstanceType[] = [
  { name: 't3.micro', vcpus: 2, memoryMiB: 1024, architecture: 'x86_64' },
  { name: 't3.small', vcpus: 2, memoryMiB: 2048, architecture: 'x86_64' },
  { name: 't3.medium', vcpus: 2, memoryMiB: 4096, architecture: 'x86_64' },
  { name: 't3.large', vcpus: 2, memoryMiB: 8192, architecture: 'x86_64' },
  { name: 't3.xlarge', vcpus: 4, memoryMiB: 16384, architecture: 'x86_64' },
  { name: 't3a.medium', vcpus: 2, memoryMiB: 4096, architecture: 'x86_64' },
  { name: 't3a.large', vcpus: 2, memoryMiB: 8192, architecture: 'x86_64' },
  { name: 't4g.small', vcpus: 2, memoryMiB: 2048, architecture: 'arm64' },
  { name: 't4g.medium', vcpus: 2, memoryMiB: 4096, architecture: 'arm64' },
  { name: 'm5.large', vcpus: 2, memoryMiB: 8192, architecture: 'x86_64' },
  { name: 'm5.xlarge', vcpus: 4, memoryMiB: 16384, architecture: 'x86_64' },
  { name: 'm5.2xlarge', vcpus: 8, memoryMiB: 32768, architecture: 'x86_64' },
  { name: 'm6i.large', vcpus: 2, memoryMiB: 8192, architecture: 'x86_64' },
  { name: 'm6i.xlarge', vcpus: 4, memoryMiB: 16384, architecture: 'x86_64' },
  { name: 'm6g.large', vcpus: 2, memoryMiB: 8192, architecture: 'arm64' },
  { name: 'c5.large', vcpus: 2, memoryMiB: 4096, architecture: 'x86_64' },
  { name: 'c5.xlarge', vcpus: 4, memoryMiB: 8192, architecture: 'x86_64' },
  { name: 'r5.large', vcpus: 2, memoryMiB: 16384, architecture: 'x86_64' },
];

/** Three zones with a default subnet each, an image for each architecture, one security group. */
export const DEFAULT_CATALOGUE: Catalogue = {
  region: REGION,
  accountId: '123456789012',
  zones: ZONES,
  images: [
    {
      id: 'ami-0a11ce00000000001',
      name: 'al2023-ami-2023.6.20250101.0-kernel-6.1-x86_64',
      ownerId: '137112412989',
      ownerAlias: 'amazon',
      architecture: 'x86_64',
      createdAt: '2025-01-01T00:00:00.000Z',
      rootDeviceName: '/dev/xvda',
      rootSizeGiB: 8,
    },
    {
      id: 'ami-0a11ce00000000002',
      name: 'al2023-ami-2023.6.20250101.0-kernel-6.1-arm64',
      ownerId: '137112412989',
      ownerAlias: 'amazon',
      architecture: 'arm64',
      createdAt: '2025-01-01T00:00:00.000Z',
      rootDeviceName: '/dev/xvda',
      rootSizeGiB: 8,
    },
  ],
  subnets: ZONES.map((zone, index) => ({
    id: `subnet-0a11ce0000000000${index + 1}`,
    zone,
    vpcId: VPC,
    isDefault: true,
  })),
  securityGroups: [{ id: 'sg-0a11ce00000000001', name: 'default', vpcId: VPC }],
  instanceTypes: INSTANCE_TYPES,
  keyNames: undefined,
  instanceProfiles: undefined,
  ssmParameters: {
    '/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64':
      'ami-0a11ce00000000001',
    '/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64': 'ami-0a11ce00000000002',
  },
};

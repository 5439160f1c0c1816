import { Type, type Static } from 'typebox';
import { CANNOT_CHANGE, ONE_WAY_TO_NAME_AN_IMAGE, OWNER_NEEDS_NAME } from './rules.ts';
import { runtimes } from './runtime-commands.ts';
import {
  RULES_KEYWORD,
  TRANSITIONS_KEYWORD,
  WORDS_KEYWORD,
  closed,
  oneOf,
  record,
} from './schema.ts';

/** User data before base64 (EC2 API Reference, RunInstances). */
export const USER_DATA_LIMIT_BYTES = 16 * 1024;

/** Reserved by AWS, or by us: owner marks decide what may be destroyed. */
const TAG_KEY_PATTERN = '^(?!aws:|treeline\\.dev/).{1,128}$';

const image = closed(
  {
    id: Type.Optional(
      Type.String({
        pattern: '^ami-[0-9a-f]+$',
        description: 'Id of the image.',
        ...words('an id such as ami-0123456789abcdef0'),
      }),
    ),
    ssmParameter: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 2048,
        description: 'SSM parameter that holds the id of the image.',
      }),
    ),
    name: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 128,
        description: 'Name of the image, with * and ?; the newest one counts.',
      }),
    ),
    owner: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 64,
        description: 'Whose image, with `name`: an account id, self or amazon. Default: self.',
      }),
    ),
  },
  {
    description:
      'The image, looked up once for each generation of the class; its id is shown in the status.',
    [RULES_KEYWORD]: [ONE_WAY_TO_NAME_AN_IMAGE, OWNER_NEEDS_NAME],
  },
);

const instanceType = Type.String({
  pattern: '^[a-z0-9-]+\\.[a-z0-9-]+$',
  maxLength: 64,
  ...words('a type such as t3.small'),
});
const offerings = Type.Optional(
  Type.Array(instanceType, {
    minItems: 1,
    maxItems: 20,
    description: 'Instance types, the one to try first in front.',
  }),
);

const rootVolume = closed(
  {
    sizeGiB: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 65_536, description: 'Default: that of the image.' }),
    ),
    type: Type.Optional(
      oneOf(['gp3', 'gp2', 'io1', 'io2', 'st1', 'sc1', 'standard'], 'Default: gp3.'),
    ),
    iops: Type.Optional(Type.Integer({ minimum: 100 })),
    throughputMiBps: Type.Optional(Type.Integer({ minimum: 125 })),
    encrypted: Type.Optional(Type.Boolean({ description: 'Default: true.' })),
  },
  { description: 'The root volume, which holds the state of the workspace.' },
);

const id = (prefix: string, description: string) =>
  Type.String({
    pattern: `^${prefix}-[0-9a-f]+$`,
    maxLength: 64,
    description,
    ...words(`an id such as ${prefix}-0123456789abcdef0`),
  });

export const ec2Parameters = closed(
  {
    region: Type.String({
      pattern: '^[a-z]{2}(-[a-z]+)+-[0-9]$',
      maxLength: 32,
      description:
        'Region, such as eu-central-1; one of those the controller was started with. Cannot be changed.',
      ...words('a region such as eu-central-1'),
      [TRANSITIONS_KEYWORD]: [CANNOT_CHANGE],
    }),
    image,
    instanceTypes: closed(
      { '1': offerings, '2': offerings, '3': offerings, '4': offerings },
      { description: 'For each tier, the instance types to try, in order.' },
    ),
    subnets: Type.Array(id('subnet', 'Subnet.'), {
      minItems: 1,
      maxItems: 50,
      description: 'Subnets to launch in, usually one in each zone; the one to try first in front.',
    }),
    securityGroups: Type.Array(id('sg', 'Security group.'), { minItems: 1, maxItems: 16 }),
    runtimes: runtimes('How the default user data starts each runtime.'),
    instanceProfile: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 128,
        description: 'Name of the instance profile of the agents.',
      }),
    ),
    keyName: Type.Optional(
      Type.String({ minLength: 1, maxLength: 255, description: 'SSH key pair.' }),
    ),
    rootVolume: Type.Optional(rootVolume),
    tags: Type.Optional(
      record(Type.String({ maxLength: 256 }), {
        pattern: TAG_KEY_PATTERN,
        words: 'must be 1 to 128 characters and begin with neither "aws:" nor "treeline.dev/"',
        maxProperties: 40,
        description: 'More tags for instances and volumes. Those of Treeline cannot be replaced.',
      }),
    ),
    metadataHopLimit: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 2,
        description:
          'Hops to the instance metadata (IMDSv2 only); 2 where containers run. Default: 1.',
      }),
    ),
    userData: Type.Optional(
      Type.String({
        maxLength: USER_DATA_LIMIT_BYTES,
        description:
          'Template of the user data, in place of the default script (docs/ec2.md says what it can use).',
      }),
    ),
  },
  { description: 'Parameters of the ec2 backend.' },
);
export type Ec2Parameters = Static<typeof ec2Parameters>;

function words(text: string): Record<string, string> {
  return { [WORDS_KEYWORD]: `must be ${text}` };
}

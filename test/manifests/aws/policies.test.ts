import { beforeAll, describe, expect, it } from '@jest/globals';
import { Ec2TestBed, launchableClass } from '../../backends/ec2/ec2-test-bed.ts';
import { INSTALLATION_ID, intentFor } from '../../backends/intents.ts';
import { DEFAULT_CATALOGUE } from '../../fakes/ec2/model/catalogue.ts';
import { arn, authorizationsOf, authorize, requestTags, resourceTags } from './authorizations.ts';
import { actionsOf, isAllowed, readPolicy, type Authorization, type Statement } from './policy.ts';

const TAG = 'treeline.dev/installation';
const OURS = { [TAG]: INSTALLATION_ID };
const OTHERS = { [TAG]: 'another installation' };
const ROLE = 'treeline-agents';
const PUBLIC_IMAGE = '/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64';
const OWN_IMAGE = '/treeline/agent-image';

const PLACEHOLDERS = {
  REGION: DEFAULT_CATALOGUE.region,
  ACCOUNT_ID: DEFAULT_CATALOGUE.accountId,
  INSTALLATION_ID,
  AGENT_ROLE: ROLE,
  IMAGE_PARAMETER: OWN_IMAGE.slice(1),
};

/** Everything that the backend can do, once, and what AWS would ask the policies for. */
async function recordEverything(): Promise<readonly Authorization[]> {
  const ssmParameters = {
    ...DEFAULT_CATALOGUE.ssmParameters,
    [OWN_IMAGE]: 'ami-0a11ce00000000001',
  };
  await using bed = await Ec2TestBed.start({ catalogue: { ssmParameters } });
  const { backend, fake } = bed;
  const classSpec = launchableClass({
    image: { ssmParameter: PUBLIC_IMAGE },
    instanceProfile: 'agents',
    keyName: 'operator',
    tags: { team: 'a' },
  });
  await backend.resolveClass(launchableClass({ image: { ssmParameter: OWN_IMAGE } }));
  const intent = await intentFor(backend, classSpec);
  const { id } = await backend.launch(intent);
  await backend.list();
  await backend.listWorkspaces([intent.marks.workspaceUid]);
  await backend.find(id);
  await backend.findByToken(intent.token);
  await backend.readLog(id, 10);
  await backend.stop(id);
  await backend.start(id);
  await backend.retainState(id);
  const volumes = fake.volumes();
  await backend.terminate(id);
  await backend.removeState(intent.marks.workspaceUid);
  const tags = new Map([...fake.instances(), ...volumes].map((one) => [one.id, one.tags]));
  const account = { role: ROLE, tagsOf: (one: string) => tags.get(one) ?? {} };
  return fake.recorder.calls().flatMap((call) => authorizationsOf(call, account));
}

describe('the policy of the controller', () => {
  let policy: readonly Statement[];
  let needed: readonly Authorization[];

  beforeAll(async () => {
    policy = await readPolicy('controller-policy.json', PLACEHOLDERS);
    needed = await recordEverything();
  });

  it('allows every call that the backend makes', () => {
    expect(needed.filter((one) => !isAllowed(policy, one))).toEqual([]);
  });

  it('allows no action that the backend does not call', () => {
    const called = new Set(needed.map(({ action }) => action));

    expect(actionsOf(policy)).toEqual([...called].sort());
  });

  it('has nothing in it that the backend can do without', () => {
    const idle = policy.filter((statement) => {
      const others = policy.filter((one) => one !== statement);
      return needed.every((one) => isAllowed(others, one));
    });

    expect(idle.map(({ Sid }) => Sid)).toEqual([]);
  });

  it.each([
    ['a launch without our tag', authorize('RunInstances', arn('instance', '*'), requestTags({}))],
    [
      'a launch for another installation',
      authorize('RunInstances', arn('instance', '*'), requestTags(OTHERS)),
    ],
    [
      'a launch whose volumes lack our tag',
      authorize('RunInstances', arn('volume', '*'), requestTags({ team: 'a' })),
    ],
    ...[
      'GetConsoleOutput',
      'ModifyInstanceAttribute',
      'StartInstances',
      'StopInstances',
      'TerminateInstances',
    ].flatMap(
      (action) =>
        [
          [
            `${action} of an instance of another installation`,
            authorize(action, arn('instance', 'i-1'), resourceTags(OTHERS)),
          ],
          [
            `${action} of an instance without our tag`,
            authorize(action, arn('instance', 'i-1'), resourceTags({ Name: 'a' })),
          ],
        ] as const,
    ),
    [
      'the deletion of a volume without our tag',
      authorize('DeleteVolume', arn('volume', 'vol-1'), resourceTags({})),
    ],
    [
      'our tag on an instance that is there already',
      authorize('CreateTags', arn('instance', 'i-1'), {
        ...requestTags(OURS),
        ...resourceTags({}),
      }),
    ],
    [
      'more tags on an instance of ours',
      authorize('CreateTags', arn('instance', 'i-1'), {
        ...requestTags(OURS),
        ...resourceTags(OURS),
      }),
    ],
    [
      'tags that come with something else than a launch',
      authorize('CreateTags', arn('volume', '*'), {
        ...requestTags(OURS),
        'ec2:CreateAction': 'CreateVolume',
      }),
    ],
    [
      'taking tags away',
      authorize('DeleteTags', arn('instance', 'i-1'), {
        ...requestTags(OURS),
        ...resourceTags(OURS),
      }),
    ],
    [
      'looking into another region',
      {
        ...authorize('DescribeInstances', '*', {}),
        context: { 'aws:RequestedRegion': 'eu-west-9' },
      },
    ],
    [
      'another role for the instances',
      {
        action: 'iam:PassRole',
        resource: `arn:aws:iam::${DEFAULT_CATALOGUE.accountId}:role/admin`,
        context: { 'iam:PassedToService': 'ec2.amazonaws.com' },
      },
    ],
    [
      'our role for something else than instances',
      {
        action: 'iam:PassRole',
        resource: `arn:aws:iam::${DEFAULT_CATALOGUE.accountId}:role/${ROLE}`,
        context: { 'iam:PassedToService': 'lambda.amazonaws.com' },
      },
    ],
    [
      'reading another parameter',
      {
        action: 'ssm:GetParameter',
        resource: `arn:aws:ssm:${DEFAULT_CATALOGUE.region}:${DEFAULT_CATALOGUE.accountId}:parameter/db/password`,
        context: {},
      },
    ],
  ] as const satisfies readonly (readonly [string, Authorization])[])(
    'does not allow %s',
    (_what, authorization) => {
      expect(isAllowed(policy, authorization)).toBe(false);
    },
  );
});

describe('the policy of the operator', () => {
  let policy: readonly Statement[];

  beforeAll(async () => {
    policy = await readPolicy('operator-policy.json', PLACEHOLDERS);
  });

  const protection = requestTags({ 'treeline.dev/gc-protect': 'true' });

  it.each([
    ['protecting an instance', 'CreateTags', { ...protection, ...resourceTags(OURS) }],
    ['ending a protection', 'DeleteTags', { ...protection, ...resourceTags(OURS) }],
    ['releasing an instance', 'DeleteTags', { ...requestTags(OURS), ...resourceTags(OURS) }],
    ['adopting an instance', 'CreateTags', { ...requestTags(OURS), ...resourceTags({}) }],
  ])('allows %s', (_what, action, context) => {
    expect(isAllowed(policy, authorize(action, arn('instance', 'i-1'), context))).toBe(true);
  });

  it.each([
    ['protecting what is not ours', 'CreateTags', { ...protection, ...resourceTags({}) }],
    ['releasing what is not ours', 'DeleteTags', { ...requestTags(OURS), ...resourceTags(OTHERS) }],
    [
      'adopting for another installation',
      'CreateTags',
      { ...requestTags(OTHERS), ...resourceTags({}) },
    ],
    [
      'other tags on what is ours',
      'CreateTags',
      { ...requestTags({ owner: 'me' }), ...resourceTags(OURS) },
    ],
    ['ending an instance', 'TerminateInstances', resourceTags(OURS)],
  ])('does not allow %s', (_what, action, context) => {
    expect(isAllowed(policy, authorize(action, arn('instance', 'i-1'), context))).toBe(false);
  });
});

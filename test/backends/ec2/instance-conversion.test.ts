import type { Instance as Ec2Instance } from '@aws-sdk/client-ec2';
import { describe, expect, it } from '@jest/globals';
import { toInstance } from '../../../backends/ec2/instance-conversion.ts';
import { toTags } from '../../../backends/ec2/tags.ts';

const installationId = 'inst-1';
const launchTime = new Date('2026-01-02T10:00:00Z');
const attachTime = new Date('2026-01-01T09:00:00Z');
const marks = {
  installationId,
  workspaceUid: 'uid-1',
  namespace: 'team',
  name: 'demo',
  attempt: 1,
  token: 'a'.repeat(64),
  className: 'cloud',
};

function seen(overrides: Partial<Ec2Instance> = {}): Ec2Instance {
  return {
    InstanceId: 'i-0123456789abcdef0',
    State: { Name: 'running' },
    ClientToken: marks.token,
    Tags: toTags(marks, {}),
    LaunchTime: launchTime,
    NetworkInterfaces: [
      { Attachment: { DeviceIndex: 1, AttachTime: new Date(0) } },
      { Attachment: { DeviceIndex: 0, AttachTime: attachTime } },
    ],
    ...overrides,
  };
}

function stopped(overrides: Partial<Ec2Instance>): Ec2Instance {
  return seen({ State: { Name: 'stopped' }, ...overrides });
}

describe('an instance of EC2', () => {
  it('is shown with its marks, times, zone and image', () => {
    const shown = toInstance(seen({ Placement: { AvailabilityZone: 'eu-1a' }, ImageId: 'ami-1' }), {
      installationId,
    });

    expect(shown).toEqual({
      id: 'i-0123456789abcdef0',
      state: 'running',
      marks,
      launchedAt: attachTime,
      startedAt: launchTime,
      zone: 'eu-1a',
      image: 'ami-1',
    });
  });

  it('was launched when it was last started, when nothing older is known', () => {
    expect(toInstance(seen({ NetworkInterfaces: [] }), { installationId }).launchedAt).toBe(
      launchTime,
    );
  });

  it.each([
    ['pending', 'pending'],
    ['running', 'running'],
    ['stopping', 'stopping'],
    ['stopped', 'stopped'],
    ['shutting-down', 'terminating'],
    ['terminated', 'terminated'],
    ['dreaming', 'unknown'],
    [undefined, 'unknown'],
  ])('that EC2 calls %s is %s', (Name, state) => {
    const instance = seen({ State: { Name } } as Partial<Ec2Instance>);

    expect(toInstance(instance, { installationId }).state).toBe(state);
  });

  it.each([
    ['pending', 'unknown'],
    ['running', 'unknown'],
    ['stopped', 'unknown'],
    ['shutting-down', 'terminating'],
    ['terminated', 'terminated'],
  ] as const)('without our tags is, when %s, %s', (Name, state) => {
    const shown = toInstance(seen({ State: { Name }, Tags: [] }), { installationId });

    expect(shown).toMatchObject({ state, marks: { workspaceUid: '', installationId: '' } });
  });

  it('that carries our tags without our launch token belongs to no workspace, and can be told', () => {
    const shown = toInstance(seen({ ClientToken: 'somebody' }), { installationId });

    expect(shown).toMatchObject({ state: 'running', marks: { ...marks, workspaceUid: '' } });
  });

  it('that answers a launch carries the marks of that launch, before its tags are seen', () => {
    const shown = toInstance(seen({ Tags: [] }), { installationId, launchedAs: marks });

    expect(shown).toMatchObject({ state: 'running', marks });
  });

  it('that a person protects shows it', () => {
    const Tags = [...toTags(marks, {}), { Key: 'treeline.dev/gc-protect', Value: 'true' }];

    expect(toInstance(seen({ Tags }), { installationId }).isProtected).toBe(true);
  });

  it.each([
    'Client.UserInitiatedShutdown',
    'Client.UserInitiatedHibernate',
    'Server.ScheduledStop',
    '',
  ])('that was stopped with %s shows no exit of its own', (Code) => {
    const StateTransitionReason = 'User initiated (2026-01-03 11:12:13 GMT)';
    const instance = stopped({ StateReason: { Code }, StateTransitionReason });

    expect(toInstance(instance, { installationId }).exit).toBeUndefined();
  });

  it('that powered itself off shows it, with the time if EC2 tells it', () => {
    const StateReason = {
      Code: 'Client.InstanceInitiatedShutdown',
      Message: 'Client.InstanceInitiatedShutdown: Instance initiated shutdown',
    };
    const StateTransitionReason = 'Instance initiated (2026-01-03 11:12:13 GMT)';

    expect(
      toInstance(stopped({ StateReason, StateTransitionReason }), { installationId }).exit,
    ).toEqual({ at: new Date('2026-01-03T11:12:13Z'), log: StateReason.Message });
    expect(toInstance(stopped({ StateReason }), { installationId }).exit?.at).toBe(launchTime);
  });

  it('that could not be started shows why', () => {
    const StateReason = { Code: 'Server.InsufficientInstanceCapacity' };

    expect(toInstance(stopped({ StateReason }), { installationId }).exit).toEqual({
      at: launchTime,
      log: 'Server.InsufficientInstanceCapacity',
    });
  });

  it('that was terminated because its start failed shows why', () => {
    const StateReason = { Code: 'Client.VolumeLimitExceeded', Message: 'Volume limit exceeded' };

    expect(
      toInstance(seen({ State: { Name: 'terminated' }, StateReason }), { installationId }).exit,
    ).toEqual({ at: launchTime, log: 'Volume limit exceeded' });
  });

  it('that runs shows no exit, whatever happened to it before', () => {
    const StateReason = { Code: 'Client.InstanceInitiatedShutdown' };

    expect(toInstance(seen({ StateReason }), { installationId }).exit).toBeUndefined();
  });
});

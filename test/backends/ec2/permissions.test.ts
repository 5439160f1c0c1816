import { expect, it } from '@jest/globals';
import { openClients } from '../../../backends/ec2/clients.ts';
import { tryPermissions } from '../../../backends/ec2/permissions.ts';
import { DEFAULT_CATALOGUE } from '../../fakes/ec2/model/catalogue.ts';
import { INSTALLATION_ID, intentFor } from '../intents.ts';
import { Ec2TestBed, launchableClass } from './ec2-test-bed.ts';

const CLASSES = [{ name: 'cloud', spec: launchableClass({ instanceProfile: 'agents' }) }];

function clientsOf(endpoint: string) {
  return openClients({
    ...{ region: DEFAULT_CATALOGUE.region, endpoint },
    credentials: { accessKeyId: 'doctor', secretAccessKey: 'secret' },
  });
}

it('tries everything that the backend calls, and changes nothing', async () => {
  await using bed = await Ec2TestBed.start();
  const { id } = await bed.backend.launch(await intentFor(bed.backend, launchableClass()));
  const before = bed.fake.instances();

  const { tried, untried } = await tryPermissions(clientsOf(bed.fake.url), {
    installationId: INSTALLATION_ID,
    classes: CLASSES,
  });

  expect(untried).toEqual([]);
  expect(tried.filter(({ trial }) => trial.result !== 'allowed')).toEqual([]);
  expect(tried.map(({ what }) => what)).toEqual([
    'DescribeInstances',
    'DescribeImages',
    'DescribeInstanceTypes',
    'DescribeSubnets',
    'DescribeVolumes',
    'RunInstances with class cloud',
    'StopInstances',
    'StartInstances',
    'TerminateInstances',
    'ModifyInstanceAttribute',
    'GetConsoleOutput',
    'DeleteVolume',
  ]);
  expect(bed.fake.instances()).toEqual(before);
  expect(before).toMatchObject([{ id, state: 'running' }]);
});

it('names what is denied', async () => {
  const deniedActions = ['RunInstances', 'StopInstances', 'DescribeSubnets'];
  await using bed = await Ec2TestBed.start();
  await bed.backend.launch(await intentFor(bed.backend, launchableClass()));
  bed.fake.configure({ deniedActions });

  const { tried } = await tryPermissions(clientsOf(bed.fake.url), {
    installationId: INSTALLATION_ID,
    classes: CLASSES,
  });

  expect(tried.filter(({ trial }) => trial.result === 'denied').map(({ what }) => what)).toEqual([
    'DescribeSubnets',
    'StopInstances',
  ]);
  expect(tried.find(({ what }) => what.startsWith('RunInstances'))?.trial).toMatchObject({
    result: 'refused',
    message: expect.stringContaining('resolving the subnets: UnauthorizedOperation') as unknown,
  });
});

it('says what it could not try where nothing is declared and nothing runs', async () => {
  await using bed = await Ec2TestBed.start();

  const { tried, untried } = await tryPermissions(clientsOf(bed.fake.url), { classes: [] });

  expect(tried).toHaveLength(5);
  expect(untried.map(({ what }) => what)).toEqual([
    'RunInstances',
    'StopInstances',
    'StartInstances',
    'TerminateInstances',
    'ModifyInstanceAttribute',
    'GetConsoleOutput',
    'DeleteVolume',
  ]);
});

it('names what a class asks for that does not exist', async () => {
  await using bed = await Ec2TestBed.start();
  const spec = launchableClass({ securityGroups: ['sg-0123456789abcdef0'] });

  const { tried } = await tryPermissions(clientsOf(bed.fake.url), {
    installationId: INSTALLATION_ID,
    classes: [{ name: 'cloud', spec }],
  });

  expect(tried.find(({ what }) => what.startsWith('RunInstances'))?.trial).toMatchObject({
    result: 'refused',
    message: expect.stringContaining('sg-0123456789abcdef0') as unknown,
  });
});

it('asks no further when there is no way to the provider', async () => {
  const { contact, tried } = await tryPermissions(clientsOf('http://127.0.0.1:1'), { classes: [] });

  expect(contact.result).toBe('unreachable');
  expect(tried).toEqual([]);
});

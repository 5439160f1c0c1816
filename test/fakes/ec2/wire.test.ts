import { DescribeInstancesCommand, DescribeTagsCommand } from '@aws-sdk/client-ec2';
import { describe, expect, it } from '@jest/globals';
import { idsOf, manyTags, runOne } from './client.ts';
import { startFake } from './world-under-test.ts';

describe('an answer on the wire', () => {
  it('is an XML document in the namespace of the API', async () => {
    await using world = await startFake();

    const answer = await post(world.fake.url, 'Action=DescribeInstances&Version=2016-11-15');

    expect(answer.headers.get('content-type')).toBe('text/xml;charset=UTF-8');
    expect(answer.headers.get('x-amzn-requestid')).toBe('00000000-0000-4000-8000-000000000001');
    expect(await answer.text()).toBe(
      '<?xml version="1.0" encoding="UTF-8"?>\n' +
        '<DescribeInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">' +
        '<requestId>00000000-0000-4000-8000-000000000001</requestId><reservationSet/>' +
        '</DescribeInstancesResponse>',
    );
  });

  it.each([
    ['Action=CreateNothing&Version=2016-11-15', 400, 'InvalidAction'],
    ['Action=constructor', 400, 'InvalidAction'],
    ['Action=DescribeInstances&Filter.1.Name=constructor', 400, 'InvalidParameterValue'],
    ['Version=2016-11-15', 400, 'MissingParameter'],
    ['', 400, 'MissingParameter'],
    ['Action=RunInstances&ImageId=ami-1', 400, 'MissingParameter'],
    ['Action=TerminateInstances', 400, 'MissingParameter'],
    ['Action=DescribeInstances&Nothing.1=a', 400, 'UnknownParameter'],
    ['Action=DescribeInstances&MaxResults=many', 400, 'InvalidParameterValue'],
    ['Action=DescribeInstances&MaxResults=4', 400, 'InvalidParameterValue'],
    ['Action=DescribeInstances&MaxResults=1001', 400, 'InvalidParameterValue'],
    ['Action=DescribeInstances&NextToken=bogus', 400, 'InvalidParameterValue'],
    ['Action=DescribeInstances&MaxResults=5&InstanceId.1=i-1', 400, 'InvalidParameterCombination'],
    ['Action=DescribeInstances&InstanceId.a=i-1', 400, 'InvalidParameterValue'],
    ['Action=DescribeInstances&InstanceId.1=nothing', 400, 'InvalidInstanceID.Malformed'],
    ['Action=DescribeInstances&DryRun=maybe', 400, 'InvalidParameterValue'],
    ['Action=DescribeInstances&DryRun=true', 412, 'DryRunOperation'],
    ['Action=DescribeInstances&Filter.1.Name=nothing', 400, 'InvalidParameterValue'],
    ['Action=DescribeImages&ImageId.1=nothing', 400, 'InvalidAMIID.Malformed'],
    ['Action=DescribeInstanceTypes&InstanceType.1=m9.tiny', 400, 'InvalidInstanceType'],
    ['Action=DescribeAvailabilityZones&ZoneName.1=moon', 400, 'InvalidParameterValue'],
    ['Action=DeleteVolume&VolumeId=vol-1', 400, 'InvalidVolume.NotFound'],
    ['Action=CreateTags&ResourceId.1=sg-1&Tag.1.Key=a', 400, 'InvalidID'],
  ])('is an error document for %j', async (body, status, code) => {
    await using world = await startFake();

    const answer = await post(world.fake.url, body);

    const text = await answer.text();
    expect(answer.status).toBe(status);
    expect(text).toMatch(
      /^<\?xml version="1.0" encoding="UTF-8"\?>\n<Response><Errors><Error><Code>[^<]+<\/Code><Message>[^<]+<\/Message><\/Error><\/Errors><RequestID>[^<]+<\/RequestID><\/Response>$/,
    );
    expect(text).toContain(`<Code>${code}</Code>`);
  });
});

describe('an answer of Systems Manager', () => {
  it.each(['{}', 'nothing', '{"Name": 1}'])('refuses %j', async (body) => {
    await using world = await startFake();
    const headers = { 'x-amz-target': 'AmazonSSM.GetParameter' };

    const answer = await fetch(world.fake.url, { method: 'POST', headers, body });

    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ __type: 'ValidationException' });
  });
});

describe('a page', () => {
  it('goes on after its last item, whatever came and went meanwhile', async () => {
    await using world = await startFake({ throttling: false });
    const made = idsOf(await world.client.send(runOne({ MinCount: 12, MaxCount: 12 })));
    const read = async (NextToken?: string) => {
      const page = await world.client.send(
        new DescribeInstancesCommand({
          MaxResults: 5,
          ...(NextToken === undefined ? {} : { NextToken }),
        }),
      );
      const instances = (page.Reservations ?? []).flatMap(({ Instances = [] }) => Instances);
      return { ids: instances.map(({ InstanceId }) => InstanceId), next: page.NextToken };
    };

    const first = await read();
    world.clock.jump(1);
    await world.client.send(runOne({ MinCount: 30, MaxCount: 30 }));
    const rest: (string | undefined)[] = [];
    for (let next = first.next; next !== undefined;) {
      const page = await read(next);
      rest.push(...page.ids);
      next = page.next;
    }

    const seen = [...first.ids, ...rest];
    expect(seen).toHaveLength(new Set(seen).size);
    expect(seen).toEqual(expect.arrayContaining(made));
  });

  it('is also one of tags', async () => {
    await using world = await startFake();
    await world.client.send(runOne({ TagSpecifications: manyTags(7) }));

    const first = await world.client.send(new DescribeTagsCommand({ MaxResults: 5 }));
    const second = await world.client.send(
      new DescribeTagsCommand({ MaxResults: 5, NextToken: first.NextToken }),
    );

    expect([first.Tags?.length, second.Tags?.length]).toEqual([5, 2]);
    expect(second.NextToken).toBeUndefined();
  });
});

describe('a filter', () => {
  it('has at most 200 values', async () => {
    await using world = await startFake();
    const find = (count: number) =>
      world.client.send(
        new DescribeInstancesCommand({
          Filters: [{ Name: 'client-token', Values: Array.from({ length: count }, String) }],
        }),
      );

    await expect(find(200)).resolves.toBeDefined();
    await expect(find(201)).rejects.toMatchObject({ name: 'FilterLimitExceeded' });
  });

  it.each([
    ['a*', ['ab', 'a*']],
    ['a?', ['ab', 'a*']],
    ['a.', []],
    ['AB', []],
    ['*b', ['ab']],
  ])('reads %j as a pattern', async (value, expected) => {
    await using world = await startFake();
    await world.client.send(runOne({ ClientToken: 'ab' }));
    await world.client.send(runOne({ ClientToken: 'a*' }));

    const { Reservations = [] } = await world.client.send(
      new DescribeInstancesCommand({ Filters: [{ Name: 'client-token', Values: [value] }] }),
    );

    const found = Reservations.flatMap(({ Instances = [] }) => Instances);
    expect(found.map(({ ClientToken }) => ClientToken).toSorted()).toEqual(expected.toSorted());
  });
});

async function post(url: string, body: string): Promise<Response> {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  return await fetch(url, { method: 'POST', headers, body });
}

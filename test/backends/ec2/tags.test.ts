import { describe, expect, it } from '@jest/globals';
import type { OwnerMarks } from '../../../api/launch.ts';
import { readMarks, toTags } from '../../../backends/ec2/tags.ts';

const marks: OwnerMarks = {
  installationId: 'inst-1',
  workspaceUid: 'uid-1',
  namespace: 'team',
  name: 'demo',
  attempt: 12,
  token: 'a'.repeat(64),
  className: 'cloud',
};

function read(
  changed: Readonly<Record<string, string | undefined>> = {},
  clientToken = marks.token,
) {
  const written = toTags(marks, {}).map(({ Key = '', Value = '' }) => [Key, Value] as const);
  const Tags = Object.entries({ ...Object.fromEntries(written), ...changed }).flatMap(
    ([Key, Value]) => (Value === undefined ? [] : [{ Key, Value }]),
  );
  return readMarks({ Tags, ClientToken: clientToken }, 'inst-1');
}

describe('tags of the ec2 backend', () => {
  it('hold every owner mark, so that it is read back', () => {
    expect(read()).toEqual({ marks, isMarked: true, isProtected: false });
  });

  it('hold a name for the console, unless the class gives one', () => {
    expect(toTags(marks, {})).toContainEqual({ Key: 'Name', Value: 'team/demo' });
    expect(toTags(marks, { Name: 'mine' })).toContainEqual({ Key: 'Name', Value: 'mine' });
    expect(toTags({ ...marks, name: 'n'.repeat(300) }, {})[0]?.Value).toHaveLength(256);
  });

  it('hold those of the class, which cannot replace ours', () => {
    const tags = toTags(marks, { cost: '42', 'treeline.dev/installation': 'another' });

    expect(tags).toContainEqual({ Key: 'cost', Value: '42' });
    expect(tags).toContainEqual({ Key: 'treeline.dev/installation', Value: 'inst-1' });
    expect(new Set(tags.map(({ Key }) => Key)).size).toBe(tags.length);
  });

  it('come in the same order, whatever the order of the class', () => {
    expect(toTags(marks, { a: '1', b: '2' })).toEqual(toTags(marks, { b: '2', a: '1' }));
  });

  it.each([
    ['the launch token is another than EC2 keeps', {}, 'b'.repeat(64)],
    ['EC2 keeps no launch token', {}, ''],
    ['there is no token', { 'treeline.dev/token': undefined }, ''],
    ['there is no attempt', { 'treeline.dev/attempt': undefined }, marks.token],
    ['the attempt is no number', { 'treeline.dev/attempt': '1e3' }, marks.token],
    ['the attempt is none', { 'treeline.dev/attempt': '0' }, marks.token],
    ['they are of another installation', { 'treeline.dev/installation': 'x' }, marks.token],
  ])('belong to no workspace when %s', (_title, changed, clientToken) => {
    expect(read(changed, clientToken).marks.workspaceUid).toBe('');
  });

  it.each([
    ['inst-1', true],
    ['another', false],
    [undefined, false],
  ])('are ours or not by the installation %j', (installation, isMarked) => {
    expect(read({ 'treeline.dev/installation': installation }).isMarked).toBe(isMarked);
  });

  it.each([
    ['true', true],
    ['false', false],
    [undefined, false],
  ])('protect with gc-protect %j: %s', (value, isProtected) => {
    expect(read({ 'treeline.dev/gc-protect': value }).isProtected).toBe(isProtected);
  });
});

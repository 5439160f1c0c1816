import { execFileSync, spawnSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parsePlainScalar } from '../../../api/manifests/scalar.ts';

/** What kubectl 1.32 makes of unquoted scalars. */
const READ_BY_KUBECTL: readonly [string, string | number | boolean | null][] = [
  ...(['', '~', 'null', 'Null', 'NULL'] as const).map((text) => [text, null] as [string, null]),
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'on', 'On', 'ON', 'true', 'True', 'TRUE'].map(
    (text) => [text, true] as [string, boolean],
  ),
  ...['n', 'N', 'no', 'No', 'NO', 'off', 'Off', 'OFF', 'false', 'False', 'FALSE'].map(
    (text) => [text, false] as [string, boolean],
  ),
  ...['nO', 'oN', 'tRue', 'nULL', 'inf', 'NaN', 'Infinity', '=', '.', '+', '..', '1.2.3'].map(
    (text) => [text, text] as [string, string],
  ),
  ['014', 12],
  ['0o14', 12],
  ['0O14', 12],
  ['-014', -12],
  ['+014', 12],
  ['-0o14', -12],
  ['0o_14', 12],
  ['0777', 511],
  ['0o18', '0o18'],
  ['018', 18],
  ['08', 8],
  ['00', 0],
  ['-0', 0],
  ['1_000', 1000],
  ['1__000', 1000],
  ['1_', 1],
  ['-1_000', -1000],
  ['0_1', 1],
  ['_1', '_1'],
  ['+12', 12],
  ['0x1F', 31],
  ['0X1F', 31],
  ['0x1f_ff', 8191],
  ['-0x1F', -31],
  ['0xg', '0xg'],
  ['0x', '0x'],
  ['0b101', 5],
  ['-0b101', -5],
  ['0b12', '0b12'],
  ['1:30', '1:30'],
  ['190:20:30', '190:20:30'],
  ['1:30.5', '1:30.5'],
  ['2001-12-14', '2001-12-14'],
  ['2024-01-01T00:00:00Z', '2024-01-01T00:00:00Z'],
  ['1.', 1],
  ['1.0', 1],
  ['.5', 0.5],
  ['-.5', -0.5],
  ['1e3', 1000],
  ['1.5e-3', 0.0015],
  ['1_000.5', 1000.5],
  ['1_e3', 1000],
  ['.1_2', 0.12],
  ['._5', '._5'],
  ['.5_', '.5_'],
  ['014.5', 14.5],
  ['1e', '1e'],
  ['e5', 'e5'],
  ['1e400', '1e400'],
  ['18446744073709551616', 18446744073709551616],
  ['0xFFFFFFFFFFFFFFFF', 18446744073709551615],
  ['+0xFFFFFFFFFFFFFFFF', '+0xFFFFFFFFFFFFFFFF'],
  ['0xFFFFFFFFFFFFFFFFF', '0xFFFFFFFFFFFFFFFFF'],
  ['10m', '10m'],
  ['4Gi', '4Gi'],
  ['0.0.0.0', '0.0.0.0'],
  ['1,000', '1,000'],
];

const hasKubectl = spawnSync('kubectl', ['version', '--client']).status === 0;
/** Reported as skipped where there is no kubectl. */
const itWithKubectl = hasKubectl ? it : it.skip;

/** What the kubectl of this machine reads; it needs no server for that. */
function readWithKubectl(texts: readonly string[]): unknown[] {
  const manifest = [
    'apiVersion: treeline.dev/v1alpha1',
    'kind: Workspace',
    'metadata: {name: ada}',
    'spec:',
    ...texts.map((text) => `- ${text}`),
  ].join('\n');
  const json = execFileSync('kubectl', ['label', '--local', '-f', '-', '-o', 'json', 'a=b'], {
    input: manifest,
  });
  return (JSON.parse(json.toString()) as { spec: unknown[] }).spec;
}

/** Pieces of numbers and words; not `0b-1`, which go-yaml reads as -1 by accident. */
const scalar = fc
  .array(
    fc.constantFrom(
      ...'0 1 7 8 9 _ + - . e E x X o b a f y n no on 0x 0b 0o 014 .5 e5 e-3 ~ t true : 1:30'.split(
        ' ',
      ),
      ...['9223372036854775807', '18446744073709551616', '0777777777777777777777'],
    ),
    { minLength: 1, maxLength: 6 },
  )
  .map((pieces) => pieces.join(''))
  .filter((text) => !/^[-:]|:$|: |0b[-+]/.test(text));

describe('plain scalars', () => {
  it.each(READ_BY_KUBECTL)('reads %s as kubectl does', (text, value) => {
    expect(parsePlainScalar(text)).toBe(value);
  });

  it.each([
    ['.inf', Infinity],
    ['+.Inf', Infinity],
    ['-.INF', -Infinity],
    ['.nan', NaN],
  ])('tells that %s is a number that JSON does not have', (text, value) => {
    expect(parsePlainScalar(text)).toBe(value);
  });

  itWithKubectl('agrees with the kubectl of this machine on its table', () => {
    const texts = READ_BY_KUBECTL.map(([text]) => text);

    expect(readWithKubectl(texts)).toEqual(READ_BY_KUBECTL.map(([, value]) => value));
  });

  itWithKubectl('agrees with the kubectl of this machine on random scalars', () => {
    const texts = fc.sample(scalar, 3000);

    expect(texts.map(parsePlainScalar)).toEqual(readWithKubectl(texts));
  });
});

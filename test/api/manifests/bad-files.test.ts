import { describe, expect, it } from '@jest/globals';
import { formatProblem, readManifests } from '../../../api/manifests/read-manifests.ts';
import { HEADER, problemsOf, workspaceYaml } from './manifest.ts';

function problemsOfBytes(bytes: Uint8Array): string[] {
  const { documents, problems } = readManifests('team.yaml', bytes);
  expect(documents).toEqual([]);
  return problems.map(formatProblem);
}

/** Nine levels, each ten times the one before: 10^9 values in 400 characters. */
const BOMB = [
  HEADER + 'spec:',
  '  a: &a [x, x, x, x, x, x, x, x, x, x]',
  ...['b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'].map((name) => {
    const before = String.fromCharCode(name.charCodeAt(0) - 1);
    return `  ${name}: &${name} [${Array(10).fill(`*${before}`).join(', ')}]`;
  }),
].join('\n');

describe('files that are no manifests', () => {
  it('refuses a file over 5 MB', () => {
    expect(problemsOfBytes(Buffer.alloc(5_100_000, '#'))).toEqual([
      'team.yaml:1:1: must be at most 5 MB (got 5.1 MB)',
    ]);
  });

  it('takes a file of 5 MB', () => {
    const text = workspaceYaml('{}') + '# '.padEnd(4_900_000, 'x');

    expect(problemsOf(text)).toEqual([]);
  });

  it('refuses a binary file', () => {
    expect(problemsOfBytes(Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0]))).toEqual([
      'team.yaml:1:1: must be a text file (it contains NUL bytes)',
    ]);
  });

  it('names the line that is not UTF-8', () => {
    const latin1 = Buffer.from(`${HEADER}spec: {role: caf\u00e9}\n`, 'latin1');

    expect(problemsOfBytes(latin1)).toEqual([
      'team.yaml:4:1: must be UTF-8 text (this line is not)',
    ]);
  });

  it('names the line when the file ends within a character', () => {
    expect(problemsOfBytes(Buffer.from([0x61, 0x0a, 0xe2, 0x82]))).toEqual([
      'team.yaml:2:1: must be UTF-8 text (this line is not)',
    ]);
  });

  it('names the control character that kubectl would refuse', () => {
    expect(problemsOf(`${HEADER}spec: {role: "a\u0007b"}\n`)).toEqual([
      'team.yaml:4:16: control characters must be escaped (found U+0007)',
    ]);
  });

  it('refuses an alias bomb', () => {
    expect(problemsOf(BOMB)).toEqual(
      expect.arrayContaining([
        expect.stringMatching(
          /^team\.yaml:\d+:\d+: spec\..*: aliases expand to more than 5000000 characters$/,
        ),
      ]),
    );
  });

  it.each(['[', '{', '- ', '? ', '{a: '])(
    'refuses 1 MB of %j without exhausting anything',
    (piece) => {
      expect(problemsOf(piece.repeat(1_000_000 / piece.length))).toEqual([
        expect.stringContaining('nested more than 64 levels deep'),
      ]);
    },
  );

  it('refuses mappings that nest by indentation', () => {
    const text = Array.from({ length: 200 }, (_, level) => `${' '.repeat(level)}a:`).join('\n');

    expect(problemsOf(text)).toEqual([expect.stringContaining('nested more than 64 levels deep')]);
  });

  it('refuses merges that multiply', () => {
    const lines = Array.from(
      { length: 3500 },
      (_, n) => `  a${n + 1}: &a${n + 1} {<<: *a${n}, k${n}: 1}`,
    );

    expect(problemsOf(`${HEADER}spec:\n  a0: &a0 {}\n${lines.join('\n')}\n`)).toContainEqual(
      expect.stringContaining('aliases expand to more than 5000000 characters'),
    );
  });

  it.each([
    ['lines', 'a: x\n'],
    ['anchors', '&a '],
  ])('gives up on a document of too many %s', (_title, piece) => {
    expect(problemsOf(piece.repeat(700_000))).toEqual([
      expect.stringContaining('more than 600000 words and signs in one document: split it'),
    ]);
  });

  it('gives up on a file of more documents than can be manifests', () => {
    expect(problemsOf('a\n---\n'.repeat(100_000))).toEqual([
      'team.yaml:120000:1: more than 60000 documents in a file',
    ]);
  });

  it('passes over five million line ends', () => {
    expect(problemsOf('\n'.repeat(4_900_000))).toEqual([]);
  });

  it('lists at most a hundred problems of one object', () => {
    const fields = Array.from({ length: 500 }, (_, n) => `  field${n}: 1\n`).join('');

    expect(problemsOf(`${HEADER}spec:\n${fields}`)).toHaveLength(100);
  });
});

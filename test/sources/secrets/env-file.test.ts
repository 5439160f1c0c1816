import { describe, expect, it } from '@jest/globals';
import { parseEnvFile } from '../../../sources/secrets/env-file.ts';

function valuesOf(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries(parseEnvFile(text).values);
}

describe('an .env file', () => {
  it.each<[string, string, Record<string, string>]>([
    ['plain values', 'A=1\nB=two words\n', { A: '1', B: 'two words' }],
    ['spaces around name and value', '  A = 1  \n', { A: '1' }],
    ['an empty value', 'A=\nB=1', { A: '', B: '1' }],
    ['an empty quoted value', 'A=""', { A: '' }],
    ['the word export', 'export A=1', { A: '1' }],
    ['comments and empty lines', '# A=0\n\n  # B\nA=1 # one\n', { A: '1' }],
    ['a sign that is no comment in quotes', 'A="1 # one"', { A: '1 # one' }],
    ['quotes of three kinds', 'A="1"\nB=\'2\'\nC=`3`', { A: '1', B: '2', C: '3' }],
    ['another quote in quotes', `A="it's"`, { A: "it's" }],
    ['values over several lines', 'A="1\n2\n=3"\nB=4', { A: '1\n2\n=3', B: '4' }],
    [
      'line ends written as \\n, in double quotes alone',
      'A="1\\n2"\nB=\'1\\n2\'',
      { A: '1\n2', B: '1\\n2' },
    ],
    ['a comment behind a closing quote', 'A="1" # one\nB=2', { A: '1', B: '2' }],
    ['line ends of Windows', 'A=1\r\nB="2"\r\n', { A: '1', B: '2' }],
    ['a byte order mark', '\uFEFFA=1', { A: '1' }],
    ['the later one of two', 'A=1\nA=2', { A: '2' }],
    ['an equals sign in a value', 'A=b==', { A: 'b==' }],
    ['nothing', '', {}],
  ])('holds %s', (_what, text, values) => {
    expect(parseEnvFile(text).badLines).toEqual([]);
    expect(valuesOf(text)).toEqual(values);
  });

  it.each<[string, string, number[]]>([
    ['lines without an equals sign', 'A=1\nplanted\nB=2\nplanted too', [2, 4]],
    [
      'names that no environment has',
      '1A=planted\nA-B=planted\n=planted\nA B=planted',
      [1, 2, 3, 4],
    ],
    ['a quote that is never closed', 'A=1\nB="planted\nC=2\nplanted', [2]],
    ['text behind a closing quote', 'A="1\n2" planted\nB=2', [1]],
    [
      'the lines of a key that was pasted without quotes',
      'A=-----BEGIN\nMIIEplanted/+x\nplanted/==',
      [2, 3],
    ],
    ['a name that means something else in JavaScript', '__proto__=planted', [1]],
  ])('refuses %s by number, without the text', (_what, text, lines) => {
    const { badLines } = parseEnvFile(text);

    expect(badLines.map(({ line }) => line)).toEqual(lines);
    expect(JSON.stringify(badLines)).not.toContain('planted');
  });

  it('goes on behind a bad line', () => {
    expect(valuesOf('A=1\nplanted\nB=2')).toEqual({ A: '1', B: '2' });
  });
});

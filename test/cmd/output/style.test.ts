import { Writable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { printable, styleOf } from '../../../cmd/output/style.ts';

const terminal = Object.assign(new Writable(), { isTTY: true, columns: 120 });
const pipe = new Writable();

describe('styleOf', () => {
  it.each([
    ['on a terminal', {}, terminal, true],
    ['not in a pipe', {}, pipe, false],
    ['not with NO_COLOR', { NO_COLOR: '1' }, terminal, false],
    ['also with an empty NO_COLOR', { NO_COLOR: '' }, terminal, true],
    ['not on a dumb terminal', { TERM: 'dumb' }, terminal, false],
  ])('colours %s', (_title, env, output, expected) => {
    expect(styleOf({ env }, output).colors.isColorSupported).toBe(expected);
  });

  it.each([
    [{ LANG: 'en_US.UTF-8' }, true],
    [{ LANG: 'C.utf8' }, true],
    [{ LANG: 'C' }, false],
    [{}, false],
    [{ LC_ALL: 'C', LANG: 'en_US.UTF-8' }, false],
    [{ LC_ALL: '', LC_CTYPE: 'en_US.UTF-8', LANG: 'C' }, true],
  ])('prints Unicode with %j: %s', (env, expected) => {
    expect(styleOf({ env }, pipe).unicode).toBe(expected);
  });
});

describe('printable', () => {
  it.each([
    ['one line', 'one line'],
    ['two\n  lines', 'two lines'],
    ['bell\u0007 and \u001b[31mred', 'bell and [31mred'],
    ['tab\there', 'tabhere'],
  ])('makes %j harmless', (text, expected) => {
    expect(printable(text)).toBe(expected);
  });
});

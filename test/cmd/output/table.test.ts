import { describe, expect, it } from '@jest/globals';
import { columnWidths, renderRows, renderTable } from '../../../cmd/output/table.ts';

const red = (text: string): string => `\u001b[31m${text}\u001b[39m`;

describe('renderTable', () => {
  it('aligns columns three spaces apart', () => {
    const lines = renderTable([
      ['NAME', 'PHASE'],
      ['ada', 'Online'],
      ['somebody-else', 'Paused'],
    ]);

    expect(lines).toEqual([
      'NAME            PHASE',
      'ada             Online',
      'somebody-else   Paused',
    ]);
  });

  it('leaves no trailing spaces, whatever is empty', () => {
    const lines = renderTable([
      ['a', 'long cell', ''],
      ['b', '', { text: '', paint: red }],
    ]);

    expect(lines).toEqual(['a   long cell', 'b']);
  });

  it('does not count colours as width', () => {
    const lines = renderTable([
      [{ text: 'x', paint: red }, 'y'],
      ['wide', 'z'],
    ]);

    expect(lines).toEqual([`${red('x')}      y`, 'wide   z']);
  });

  it('counts characters, not bytes', () => {
    expect(
      renderTable([
        ['├── ▸ a', 'x'],
        ['1234567', 'y'],
      ]),
    ).toEqual(['├── ▸ a   x', '1234567   y']);
  });
});

describe('renderRows', () => {
  it('keeps columns where they were when later rows are narrower', () => {
    const widths = columnWidths([['somebody', 'Online']]);

    expect(renderRows([['ada', 'Paused']], widths)).toEqual(['ada        Paused']);
  });
});

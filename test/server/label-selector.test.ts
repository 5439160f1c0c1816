import { describe, expect, it } from '@jest/globals';
import { matchesLabels, parseLabelSelector } from '../../server/label-selector.ts';

describe('parseLabelSelector', () => {
  it.each([
    ['team=design', { team: 'design' }, true],
    ['team==design', { team: 'design' }, true],
    ['team=design', { team: 'build' }, false],
    ['team=design', {}, false],
    ['team!=design', {}, true],
    ['team!=design', { team: 'design' }, false],
    ['team=design, stage!=old', { team: 'design', stage: 'new' }, true],
    ['team=design,stage!=old', { team: 'design', stage: 'old' }, false],
    ['treeline.dev/tier=', { 'treeline.dev/tier': '' }, true],
  ])('reads %s, which for %j is %s', (selector, labels, expected) => {
    expect(matchesLabels(labels, parseLabelSelector(selector))).toBe(expected);
  });

  it.each(['', 'team', 'team in (a)', '!team', 'a=b,', '=b'])(
    'refuses "%s" and says how to write it',
    (selector) => {
      expect(() => parseLabelSelector(selector)).toThrow(/write key=value/);
    },
  );

  it('does not find a label in what every object inherits', () => {
    expect(matchesLabels({}, parseLabelSelector('constructor=x'))).toBe(false);
  });
});

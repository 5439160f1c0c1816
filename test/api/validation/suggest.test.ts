import { describe, expect, it } from '@jest/globals';
import { findNearest } from '../../../api/validation/suggest.ts';

const FIELDS = ['tier', 'role', 'env', 'envFrom', 'displayName', 'desiredState', 'x', 'y'];

describe('the word that was meant', () => {
  it.each([
    ['teir', 'tier'],
    ['Tier', 'tier'],
    ['tiers', 'tier'],
    ['envs', 'env'],
    ['envfrom', 'envFrom'],
    ['displayname', 'displayName'],
    ['desiredSate', 'desiredState'],
    ['dispalyNmae', 'displayName'],
  ])('by %s was %s', (word, expected) => {
    expect(findNearest(word, FIELDS)).toBe(expected);
  });

  it.each(['zzz', 'banana', 'z', '', 'a'.repeat(100_000)])('by %s is none of these', (word) => {
    expect(findNearest(word, FIELDS)).toBeUndefined();
  });
});

import { describe, expect, it } from '@jest/globals';
import { planChanges } from '../../../sources/directory/plan-changes.ts';
import { keyOf, workspace } from './builders.ts';

const ada = workspace('ada');

describe('planning what to apply', () => {
  it.each([
    { what: 'a new one', answer: undefined, isOwned: false, isComplete: false, count: 1 },
    {
      what: 'a stored one',
      answer: { declaration: ada },
      isOwned: true,
      isComplete: true,
      count: 0,
    },
    {
      what: 'a changed one',
      answer: { declaration: workspace('ada') },
      isOwned: true,
      isComplete: false,
      count: 1,
    },
    {
      what: 'one that the store lost, after a hint',
      answer: { declaration: ada },
      isOwned: false,
      isComplete: false,
      count: 0,
    },
    {
      what: 'one that the store lost, after a rescan',
      answer: { declaration: ada },
      isOwned: false,
      isComplete: true,
      count: 1,
    },
    {
      what: 'a refused one, after a hint',
      answer: { declaration: ada, isRefused: true },
      isOwned: true,
      isComplete: false,
      count: 0,
    },
    {
      what: 'a refused one, after a rescan',
      answer: { declaration: ada, isRefused: true },
      isOwned: true,
      isComplete: true,
      count: 1,
    },
  ])('names $what $count times', ({ answer, isOwned, isComplete, count }) => {
    const changes = planChanges({
      declared: new Map([[keyOf('ada'), ada]]),
      answers: new Map(answer && [[keyOf('ada'), { isRefused: false, ...answer }]]),
      owned: new Map(isOwned ? [[keyOf('ada'), ada]] : []),
      isComplete,
    });

    expect(changes).toHaveLength(count);
  });
});

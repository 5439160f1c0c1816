import { describe, expect, it } from '@jest/globals';
import { sightOf } from '../../../controllers/workspace/sight.ts';
import { ago, launch, pendingLaunch, seen } from './builders.ts';

const CLOSED = launch({ state: 'closed' });
const COPY = seen({ id: 'i-copy', launchedAt: ago(60) });

describe('what is seen of a workspace', () => {
  it('is its own instance when the open row names it', () => {
    expect(sightOf([seen()], [launch()]).mine).toEqual(seen());
  });

  it('is its own instance when the open row knows no id yet', () => {
    expect(sightOf([seen()], [pendingLaunch()]).mine).toEqual(seen());
  });

  it('is its own instance also when it is terminated', () => {
    const terminated = seen({ state: 'terminated' });

    expect(sightOf([terminated], [launch()]).mine).toEqual(terminated);
  });

  it('is let go when its row is closed', () => {
    expect(sightOf([seen()], [CLOSED])).toMatchObject({ letGo: [seen()], unrecorded: [] });
  });

  it('is nothing that could be let go when it is terminated', () => {
    expect(sightOf([seen({ state: 'terminated' })], [CLOSED]).letGo).toEqual([]);
  });

  it('is unrecorded when no row knows its attempt', () => {
    expect(sightOf([seen({ attempt: 2 })], [launch()])).toMatchObject({
      unrecorded: [seen({ attempt: 2 })],
      letGo: [],
    });
  });

  it('is contradicted when the row of its attempt names another instance', () => {
    const sight = sightOf([COPY, seen()], [launch()]);

    expect(sight).toMatchObject({ mine: seen(), contradicted: [COPY] });
  });

  it('is contradicted when a closed row names another instance', () => {
    expect(sightOf([COPY], [CLOSED])).toMatchObject({ contradicted: [COPY], letGo: [] });
  });

  it('has the highest attempt of all marks, terminated instances included', () => {
    const marks = [seen({ attempt: 3, state: 'terminated' }), seen({ attempt: 2 })];

    expect(sightOf(marks, []).highestAttempt).toBe(3);
    expect(sightOf([], []).highestAttempt).toBe(0);
  });

  it('cannot be told as long as one state is unknown', () => {
    expect(sightOf([seen(), seen({ state: 'unknown' })], [launch()]).hasUnknown).toBe(true);
    expect(sightOf([seen()], [launch()]).hasUnknown).toBe(false);
  });
});

describe('of several instances with the same marks', () => {
  it.each([
    ['the copy is listed first', [COPY, seen()]],
    ['the copy is listed last', [seen(), COPY]],
  ])('the oldest is that of a launch whose answer was lost: %s', (_title, instances) => {
    expect(sightOf(instances, [pendingLaunch()])).toMatchObject({
      mine: seen(),
      contradicted: [COPY],
    });
  });

  it.each([
    ['the copy is listed first', [COPY, seen()]],
    ['the copy is listed last', [seen(), COPY]],
  ])('the oldest is to be adopted when the database is lost: %s', (_title, instances) => {
    expect(sightOf(instances, []).unrecorded).toEqual([seen(), COPY]);
  });

  it('the one with the lower id is meant when they are of one age', () => {
    const twin = seen({ id: 'i-0' });

    expect(sightOf([seen(), twin], [pendingLaunch()]).mine).toEqual(twin);
  });
});

it('wants the newest attempt adopted first', () => {
  const newer = seen({ id: 'i-2', attempt: 2 });

  expect(sightOf([seen(), newer], []).unrecorded).toEqual([newer, seen()]);
});

import { Cron } from 'croner';
import type { TextCheck } from '../schema.ts';
import { suggest } from './suggest.ts';

const CRON_FIELDS = ['minute', 'hour', 'day of the month', 'month', 'day of the week'] as const;

/** Where the search for a day that comes begins: fixed, so that the answer does not depend on the day it is asked. */
const FIRST_DAY = new Date('2000-01-01T00:00:00Z');

/**
 * What a text of this kind may not be, in lower case and without the value; undefined when it is right. A text whose
 * form is wrong passes: its pattern says so already.
 */
export const TEXT_CHECKS: Readonly<Record<TextCheck, (text: string) => string | undefined>> = {
  cron: describeBadCron,
  timeZone: describeBadTimeZone,
};

/** Field by field, because croner's own message counts days from 0. */
function describeBadCron(text: string): string | undefined {
  const fields = text.split(/ +/);
  if (fields.length !== CRON_FIELDS.length) {
    return undefined;
  }
  const bad = CRON_FIELDS.filter((_name, index) => !isCron(onlyField(fields, index)));
  if (bad.length > 0) {
    return `has no valid ${bad.join(' and no valid ')}`;
  }
  return isCron(text) && comes(text) ? undefined : 'names a time that never comes';
}

function onlyField(fields: readonly string[], index: number): string {
  return fields.map((field, at) => (at === index ? field : '*')).join(' ');
}

function isCron(text: string): boolean {
  try {
    newCron(text);
    return true;
  } catch {
    return false;
  }
}

function comes(text: string): boolean {
  return newCron(text).nextRun(FIRST_DAY) !== null;
}

/** Paused and without a function: it schedules nothing. */
function newCron(text: string): Cron {
  return new Cron(text, { mode: '5-part', timezone: 'UTC', paused: true });
}

/** Names of the IANA database, spelled as there: agents look them up as files. Offsets such as `+02:00` are no names. */
function describeBadTimeZone(text: string): string | undefined {
  const names = Intl.supportedValuesOf('timeZone');
  const isMisspelled = !names.includes(text) && names.some((name) => isSameWord(name, text));
  return /^[A-Za-z]/.test(text) && isKnownTimeZone(text) && !isMisspelled
    ? undefined
    : `must be an IANA time zone such as Europe/Vienna${suggest(text, names)}`;
}

function isKnownTimeZone(text: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: text });
    return true;
  } catch {
    return false;
  }
}

function isSameWord(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

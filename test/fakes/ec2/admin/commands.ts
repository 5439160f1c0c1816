import type { Fault } from '../faults.ts';
import type { FakeProvider } from '../provider.ts';
import { parseSettings } from '../settings.ts';

type Body = Readonly<Record<string, unknown>>;

/** What an administrator may do, by the name after `/_fake/`. Each throws for a body that it cannot read. */
export const COMMANDS: Readonly<
  Partial<Record<string, (provider: FakeProvider, body: Body) => void>>
> = {
  settings: (provider, body) => {
    provider.configure(parseSettings(body));
  },
  capacity: (provider, body) => {
    const count = body['count'] === null ? undefined : numberOf(body, 'count');
    provider.setCapacity(textOf(body, 'type'), textOf(body, 'zone'), count);
  },
  clock: (provider, body) => {
    provider.advance(numberOf(body, 'advanceSeconds'));
  },
  faults: (provider, body) => {
    const nth = body['nth'] === undefined ? 1 : numberOf(body, 'nth');
    provider.faults.next(textOf(body, 'action'), parseFault(body['fault']), nth);
  },
  heal: (provider) => {
    provider.faults.heal();
  },
  'late-calls': (provider) => {
    provider.deliverLateCalls();
  },
  tags: (provider, body) => {
    provider.setTags(textOf(body, 'instanceId'), tagsOf(body['tags']));
  },
  'shut-down': (provider, body) => {
    provider.shutDown(textOf(body, 'instanceId'));
  },
};

const KINDS: readonly string[] = [
  'refused',
  'failed-after',
  'dropped-before',
  'dropped-after',
  'late',
  'slow',
] satisfies Fault['kind'][];

function parseFault(value: unknown): Fault {
  const isFault = isRecord(value) && KINDS.includes(String(value['kind']));
  const lacksCode = isFault && value['kind'] === 'refused' && typeof value['code'] !== 'string';
  const lacksSeconds = isFault && value['kind'] === 'slow' && typeof value['seconds'] !== 'number';
  if (!isFault || lacksCode || lacksSeconds) {
    throw new TypeError(
      `fault: {kind: ${KINDS.join(' | ')}}; refused has a code, slow has seconds`,
    );
  }
  return value as unknown as Fault;
}

function tagsOf(value: unknown): Readonly<Record<string, string>> {
  if (!isRecord(value) || Object.values(value).some((one) => typeof one !== 'string')) {
    throw new TypeError('tags: an object of texts');
  }
  return value as Readonly<Record<string, string>>;
}

function textOf(body: Body, name: string): string {
  const value = body[name];
  if (typeof value !== 'string') {
    throw new TypeError(`${name}: a text`);
  }
  return value;
}

function numberOf(body: Body, name: string): number {
  const value = body[name];
  if (typeof value !== 'number') {
    throw new TypeError(`${name}: a number`);
  }
  return value;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

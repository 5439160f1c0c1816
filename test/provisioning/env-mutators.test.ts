import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { isDefiniteRefusal } from '../../lib/errors.ts';
import { mutateEnv, type EnvMutator, type MutatorInput } from '../../provisioning/env-mutators.ts';

const PLANTED = 'planted-value-7c1f';
const INPUT: MutatorInput = {
  workspace: { uid: 'u1', namespace: 'default', name: 'ada', runtime: 'sample' },
  env: { TOKEN: PLANTED, MODE: 'dev' },
};

function mutator(name: string, mutate: (input: MutatorInput) => unknown): EnvMutator {
  return { name, mutate: async (input) => (await mutate(input)) as Record<string, string> };
}

async function failureOf(mutate: (input: MutatorInput) => unknown): Promise<Error> {
  return await mutateEnv([mutator('mint', mutate)], INPUT).then(
    () => new Error('did not fail'),
    (error: unknown) => error as Error,
  );
}

describe('env mutators', () => {
  it('run in order, and each sees what the ones before have added', async () => {
    const seen: unknown[] = [];
    const append = (letter: string) =>
      mutator(letter, ({ workspace, env }) => {
        seen.push([workspace.name, env['PATHS']]);
        return { PATHS: `${env['PATHS'] ?? ''}${letter}` };
      });

    const env = await mutateEnv([append('a'), append('b')], INPUT);

    expect(env).toEqual({ TOKEN: PLANTED, MODE: 'dev', PATHS: 'ab' });
    expect(seen).toEqual([
      ['ada', undefined],
      ['ada', 'a'],
    ]);
  });

  it('leave everything as it is when there are none, and cannot change what they are told', async () => {
    const spoil = mutator('spoil', (input) => {
      Reflect.deleteProperty(input.env, 'TOKEN');
      return {};
    });

    expect(await mutateEnv([], INPUT)).toEqual(INPUT.env);
    expect(await mutateEnv([spoil], INPUT)).toEqual(INPUT.env);
  });

  it('stop at the first one that fails, by its name and as a refusal', async () => {
    const ran: string[] = [];
    const running = mutateEnv(
      [
        mutator('first', () => ran.push('first') && {}),
        mutator('second', () => Promise.reject(new Error('no network'))),
        mutator('third', () => ran.push('third') && {}),
      ],
      INPUT,
    );

    const error = await running.catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({
      name: 'PreparationError',
      reason: 'InvalidLaunchParameters',
      retry: { kind: 'backoff' },
      message: 'env mutator "second": no network',
    });
    expect(isDefiniteRefusal(error)).toBe(true);
    expect(ran).toEqual(['first']);
  });

  it.each<[string, unknown, string]>([
    ['nothing', undefined, 'must answer an object with a text for each name'],
    ['a list', ['A=1'], 'must answer an object with a text for each name'],
    ['a text', PLANTED, 'must answer an object with a text for each name'],
    ['a number', { A: 1 }, 'the value of A must be a text'],
    ['an object', { A: { B: PLANTED } }, 'the value of A must be a text'],
    ['a zero byte', { A: `${PLANTED}\0` }, 'the value of A holds a zero byte'],
    ['a bad name', { [PLANTED]: '1' }, 'answers a name that no environment has: names must be'],
    ['no name', { '': '1' }, 'answers a name that no environment has: names must be'],
  ])('are refused when they answer %s', async (_what, answer, message) => {
    const error = await failureOf(() => answer);

    expect(error.message).toContain(`env mutator "mint": ${message}`);
    expect(inspect(error)).not.toContain(PLANTED);
  });

  it.each<[string, unknown, string]>([
    ['the last line', new Error('one\ntwo\n\n'), 'two'],
    ['something that is no error', 'bad', 'bad'],
    [
      'no colours and no control characters',
      new Error('\u001b[31mred\u001b[0m\ta\u0007b'),
      'red a b',
    ],
    ['200 characters', new Error('x'.repeat(500)), 'x'.repeat(200)],
    ['whole characters', new Error(`${'x'.repeat(199)}😀`), `${'x'.repeat(199)}\ufffd`],
    ['at least something', new Error(''), 'failed without a word'],
  ])('say %s of a reason', async (_what, thrown, reason) => {
    const error = await failureOf(() => {
      throw thrown as Error;
    });

    expect(error.message).toBe(`env mutator "mint": ${reason}`);
  });

  it.each([
    ['as it is', `no: ${PLANTED}`],
    ['before the reason is cut', `${'x'.repeat(190)}${PLANTED}`],
    ['in colours', `no: planted\u001b[1m-value-7c1f`],
  ])('never show a value that they got: %s', async (_what, message) => {
    const error = await failureOf(() => Promise.reject(new Error(message)));

    expect(inspect(error)).not.toContain('planted');
    expect(error.message).toContain('*');
  });

  it.each([
    ['a line of a key', 'BEGIN\nkey-line-one\nkey-line-two\nEND', 'bad: key-line-two'],
    ['as JSON shows it', 'quo"ted\\value', 'bad: {"A":"quo\\"ted\\\\value"}'],
    ['one value within another', 'abcd-efgh', 'bad: abcd-efgh'],
  ])('never show a piece of a value: %s', async (_what, value, message) => {
    const running = mutateEnv([mutator('mint', () => Promise.reject(new Error(message)))], {
      ...INPUT,
      env: { A: value, B: 'abcd' },
    });

    await expect(running).rejects.toThrow(/^env mutator "mint": bad: (\{"A":")?\*\*\*("\})?$/);
  });

  it('leave an abort as it is', async () => {
    const stop = new AbortController();
    const running = mutateEnv(
      [
        mutator('slow', () => {
          stop.abort(new Error('stopping'));
          throw new Error('cut off');
        }),
      ],
      INPUT,
      stop.signal,
    );

    await expect(running).rejects.toThrow(/^stopping$/);
  });
});

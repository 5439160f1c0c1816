import { expect, it } from '@jest/globals';
import { messageWithCauses } from '../../lib/error-message.ts';

it('joins the messages of an error and its causes', () => {
  const error = new Error('launching', { cause: new Error('no answer', { cause: 'ignored' }) });

  expect(messageWithCauses(error)).toBe('launching: no answer');
});

it('leaves out empty messages', () => {
  expect(messageWithCauses(new Error('', { cause: new Error('refused') }))).toBe('refused');
});

it('ends for causes that go in a circle', () => {
  const error = new Error('round');
  error.cause = error;

  expect(messageWithCauses(error)).toBe('round: round: round: round: round');
});

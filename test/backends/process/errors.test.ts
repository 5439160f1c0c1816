import { describe, expect, it } from '@jest/globals';
import {
  BackendUnavailableError,
  ConflictError,
  InsufficientCapacityError,
  NotFoundError,
  TerminalError,
  ThrottledError,
  UnauthorizedError,
  UnknownOutcomeError,
} from '../../../lib/errors.ts';
import { translate, translateInDoubt } from '../../../backends/process/errors.ts';

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: no`), { code, path: '/data/x' });
}

describe('errors of the process backend', () => {
  it.each([
    ['ENOSPC', InsufficientCapacityError],
    ['EDQUOT', InsufficientCapacityError],
    ['EMFILE', ThrottledError],
    ['ENFILE', ThrottledError],
    ['EAGAIN', ThrottledError],
    ['ENOMEM', ThrottledError],
    ['EACCES', UnauthorizedError],
    ['EPERM', UnauthorizedError],
    ['EROFS', UnauthorizedError],
    ['ENAMETOOLONG', TerminalError],
    ['ENOENT', BackendUnavailableError],
    ['ENOTDIR', BackendUnavailableError],
    ['EIO', UnknownOutcomeError],
  ])('takes %s for what it means', (code, expected) => {
    const error = translate('launching instance', systemError(code));

    expect(error).toBeInstanceOf(expected);
    expect(error.message).toBe(`launching instance: ${code} (/data/x)`);
  });

  it('leaves our own errors as they are', () => {
    const error = new NotFoundError('there is no such instance');

    expect(translate('stopping instance', error)).toBe(error);
  });

  it.each(['ENOSPC', 'EMFILE', 'EACCES', 'ENOENT'])(
    'does not take %s for a refusal once a launch has left its folder behind',
    (code) => {
      expect(translateInDoubt('launching instance', systemError(code))).toBeInstanceOf(
        UnknownOutcomeError,
      );
    },
  );

  it('says that a folder is of another launch, also then', () => {
    const error = new ConflictError('its folder carries another token');

    expect(translateInDoubt('launching instance', error)).toBe(error);
  });
});

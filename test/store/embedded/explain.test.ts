import { describe, expect, it } from '@jest/globals';
import { explain, explainFileError } from '../../../store/embedded/explain.ts';

const FOLDER = '/data/postgres';

describe('why the embedded PostgreSQL ended', () => {
  it.each([
    [
      'FATAL:  could not write lock file "postmaster.pid": No space left on device',
      'the disk of /data/postgres is full: free some space',
    ],
    [
      'FATAL:  could not create shared memory segment: No space left on device',
      'refuses it shared memory',
    ],
    ['initdb: error: could not create directory "init": Read-only file system', 'read-only'],
    [
      'initdb: error: could not look up effective user ID 12345: user does not exist',
      'no line in /etc/passwd',
    ],
    [
      'initdb: error while loading shared libraries: libicui18n.so.60: cannot open shared object file: No such file or directory',
      'npm ci without --ignore-scripts',
    ],
    ['flock: failed to execute setpriv: No such file or directory', 'install util-linux'],
    ["setpriv: unrecognized option '--pdeathsig'", 'install util-linux'],
    ['setpriv: setresuid failed: Operation not permitted', 'run as another user than root'],
    ['FATAL:  data directory "/data/postgres/data" has wrong ownership', 'give the folder to'],
  ])('%s', (log, expected) => {
    const error = explain(`LOG:  starting\n${log}\n`, FOLDER, 'ended with code 1');

    expect(error.message).toContain(expected);
    expect(error.message).toContain('or set DATABASE_URL');
  });

  it('is told in its last words when nothing explains it', () => {
    const error = explain('FATAL:  something new\n', FOLDER, 'was ended by SIGABRT');

    expect(error.message).toContain('was ended by SIGABRT');
    expect(error.message).toContain('FATAL:  something new');
    expect(error.message).toContain('/data/postgres/postgres.log');
  });
});

describe('why the folder cannot be prepared', () => {
  it.each([
    ['EACCES', 'cannot be used by this user'],
    ['EROFS', 'read-only'],
    ['ENOSPC', 'full'],
    ['ENOTDIR', 'is not a folder'],
    ['ENAMETOOLONG', 'too long'],
  ])('%s', (code, expected) => {
    const error = explainFileError(Object.assign(new Error('mkdir'), { code }), FOLDER);

    expect(String(error)).toContain(expected);
    expect(String(error)).toContain(FOLDER);
  });

  it('is told as it is when nothing is known about it', () => {
    const error = Object.assign(new Error('input/output error'), { code: 'EIO' });

    expect(explainFileError(error, FOLDER)).toBe(error);
  });
});

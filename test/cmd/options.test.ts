import { describe, expect, it } from '@jest/globals';
import { parseClientOptions, parseDatabaseOptions, parseRunOptions } from '../../cmd/options.ts';

const said = (flags: object = {}, env: Record<string, string> = {}) => ({
  flags: flags as Record<string, unknown>,
  env,
  workingDirectory: '/srv',
});

/** The problems of a command line, one a line. */
const problemsOf = (flags: object, env: Record<string, string> = {}): string[] => {
  try {
    parseRunOptions(said(flags, env), false);
    return [];
  } catch (error) {
    return (error as Error).message.split('\n');
  }
};

describe('parseRunOptions', () => {
  it('has defaults for everything that is needed', () => {
    expect(parseRunOptions(said(), false)).toEqual({
      dataDir: '/srv/.treeline',
      listen: { host: '127.0.0.1', port: 7070 },
      ec2Regions: [],
      ec2ListSeconds: 30,
      observe: false,
      logFormat: 'json',
      logLevel: 'info',
      pollSeconds: 2,
      rescanSeconds: 30,
      garbageSeconds: 60,
      leaseSeconds: 15,
      leaseRenewSeconds: 10,
      leaseRetrySeconds: 2,
      secrets: '/srv/.treeline/secrets',
    });
  });

  it('looks for secrets in the data folder, unless told where they are', () => {
    const inDataFolder = said({ dataDir: 'data' });
    const byFlag = said({ dataDir: 'data', secrets: 'kept', envMutators: 'mutators.yaml' });
    const byVariable = said(
      {},
      { TREELINE_SECRETS: '/run/secrets', TREELINE_ENV_MUTATORS: 'm.json' },
    );

    expect(parseRunOptions(inDataFolder, false).secrets).toBe('/srv/data/secrets');
    expect(parseRunOptions(byFlag, false)).toMatchObject({
      secrets: '/srv/kept',
      envMutators: '/srv/mutators.yaml',
    });
    expect(parseRunOptions(byVariable, false)).toMatchObject({
      secrets: '/run/secrets',
      envMutators: '/srv/m.json',
    });
  });

  it('takes it for known where agents are, unless told otherwise', () => {
    expect(parseRunOptions(said(), false)).not.toHaveProperty('agentNetwork');
    expect(parseRunOptions(said({ agentNetwork: 'public' }), false)).toMatchObject({
      agentNetwork: 'public',
    });
    expect(problemsOf({ agentNetwork: 'everywhere' })).toEqual([
      '--agent-network must be one of local, private, public (got everywhere)',
    ]);
  });

  it('logs for people on a terminal, unless told otherwise', () => {
    expect(parseRunOptions(said(), true).logFormat).toBe('terminal');
    expect(parseRunOptions(said({ logFormat: 'json' }), true).logFormat).toBe('json');
  });

  it('prefers the flag to the environment and the environment to the default', () => {
    const env = { TREELINE_DATA_DIR: 'from-env', TREELINE_LISTEN: ':8080' };

    const options = parseRunOptions(said({ dataDir: 'from-flag' }, env), false);

    expect(options.dataDir).toBe('/srv/from-flag');
    expect(options.listen).toEqual({ host: '127.0.0.1', port: 8080 });
  });

  it('takes an empty variable for one that is not set', () => {
    expect(
      parseRunOptions(said({}, { DATABASE_URL: '', TREELINE_DATA_DIR: '' }), false),
    ).toMatchObject({ dataDir: '/srv/.treeline' });
  });

  it('lists all problems at once, each with where it was said', () => {
    const problems = problemsOf(
      { listen: 'nowhere', garbage: 'maybe', pollSeconds: '-1' },
      { DATABASE_URL: 'mysql://user:secret@host/db', TREELINE_OBSERVE: 'perhaps' },
    );

    expect(problems).toEqual([
      '--listen must be HOST:PORT (got nowhere)',
      'DATABASE_URL must be a URL that starts with postgres:// or postgresql://',
      '--garbage must be one of enforce, report, off (got maybe)',
      'TREELINE_OBSERVE must be true or false (got perhaps)',
      '--poll-seconds must be a number of seconds above 0 (got -1)',
    ]);
  });

  it.each([
    ['127.0.0.1:7070', []],
    ['127.9.9.9:0', []],
    ['[::1]:7070', []],
    ['localhost:7070', []],
    [
      '0.0.0.0:7070',
      [
        '--listen 0.0.0.0 is reachable from outside: give --tls-cert and --tls-key, or an https --public-url',
      ],
    ],
  ])('lets %s listen without encryption only on this machine', (listen, problems) => {
    expect(problemsOf({ listen })).toEqual(problems);
  });

  it.each([
    [{ tlsCert: 'cert.pem', tlsKey: 'key.pem' }],
    [{ publicUrl: 'https://treeline.example.com' }],
  ])('lets others reach it with %j', (flags) => {
    expect(problemsOf({ listen: '0.0.0.0:7070', ...flags })).toEqual([]);
  });

  it('wants both halves of a certificate', () => {
    expect(problemsOf({ tlsCert: 'cert.pem' })).toEqual([
      '--tls-cert and --tls-key: give both or none',
    ]);
  });

  it('refuses a lease that ends before it is renewed', () => {
    expect(problemsOf({ leaseSeconds: '5' })).toEqual([
      '--lease-seconds must be above --lease-renew-seconds, and that above --lease-retry-seconds',
    ]);
  });

  it('cannot be changed afterwards', () => {
    expect(Object.isFrozen(parseRunOptions(said(), false))).toBe(true);
  });
});

describe('parseClientOptions', () => {
  it('takes the address without the slash at its end', () => {
    expect(parseClientOptions(said({ server: 'http://host:1/' }))).toEqual({
      dataDir: '/srv/.treeline',
      isDataDirGiven: false,
      server: 'http://host:1',
    });
  });

  it('lists all problems at once', () => {
    expect(() => parseClientOptions(said({ server: 'host:1', token: '' }))).toThrow(
      '--server must be a URL that starts with http:// or https://\n--token must be a token, without spaces and line ends',
    );
  });
});

describe('parseDatabaseOptions', () => {
  it('reads DATABASE_URL', () => {
    expect(parseDatabaseOptions(said({}, { DATABASE_URL: 'postgres://u@h/d' }))).toEqual({
      dataDir: '/srv/.treeline',
      databaseUrl: 'postgres://u@h/d',
    });
  });
});

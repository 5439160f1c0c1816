import { describe, expect, it } from '@jest/globals';
import { describeBackends } from '../../../cmd/wiring/describe-backends.ts';
import { toBackendList } from '../../../controllers/backend-list.ts';
import { instance } from '../../controllers/instances.ts';

const AT = new Date('2026-01-01T12:00:00Z');
const BACKENDS = new Map([
  ['process', {}],
  ['ec2/us-east-1', {}],
]);

describe('the backends of a controller', () => {
  it('tell where EC2 is asked, when that is not AWS', () => {
    const ec2Endpoint = 'http://127.0.0.1:4566';

    expect(describeBackends({ backends: BACKENDS, fleet: undefined, ec2Endpoint })).toEqual([
      { name: 'process', available: true },
      { name: 'ec2/us-east-1', available: true, endpoint: ec2Endpoint },
    ]);
  });

  it('count no instance that has ended', () => {
    const list = toBackendList({
      ...{ backend: 'process', startedAt: AT, endedAt: AT },
      instances: [
        instance('ada'),
        instance('ben', { state: 'stopped' }),
        instance('cleo', { state: 'terminated' }),
      ],
    });

    const [described] = describeBackends({
      backends: new Map([['process', {}]]),
      fleet: { stateOf: () => ({ list }) },
      ec2Endpoint: undefined,
    });

    expect(described).toMatchObject({ instances: 2, observedAt: AT.toISOString() });
  });
});

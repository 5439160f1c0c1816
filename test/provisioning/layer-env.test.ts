import { describe, expect, it } from '@jest/globals';
import { RESERVED_NAMES, type Env } from '../../provisioning/env.ts';
import { identityEnv } from '../../provisioning/identity.ts';
import { findRefusedNames, layerEnv, type EnvLayers } from '../../provisioning/layer-env.ts';

const identity = identityEnv({
  uid: 'uid-ada',
  name: 'ada',
  role: 'writes',
  tier: 2,
  parentId: 'uid-boss',
  platformUrl: 'http://127.0.0.1:7070',
  model: 'a-model',
  runtime: 'langgraph',
});

function layered(layers: Partial<EnvLayers>): Env {
  return layerEnv({ runtime: {}, declared: {}, mutated: {}, identity, ...layers });
}

const EVERY_RESERVED = Object.fromEntries(RESERVED_NAMES.map((name) => [name, 'forged']));

describe('an environment in layers', () => {
  it.each<{ layers: Partial<EnvLayers>; value: string }>([
    { layers: { runtime: { A: 'runtime' } }, value: 'runtime' },
    { layers: { runtime: { A: 'runtime' }, declared: { A: 'declared' } }, value: 'declared' },
    { layers: { declared: { A: 'declared' }, mutated: { A: 'mutated' } }, value: 'mutated' },
    { layers: { runtime: { A: 'runtime' }, mutated: { A: '' } }, value: '' },
  ])('takes the value of the strongest of $layers: "$value"', ({ layers, value }) => {
    expect(layered(layers)['A']).toBe(value);
  });

  it.each(['runtime', 'declared', 'mutated'] as const)(
    'takes no reserved name from the layer "%s"',
    (layer) => {
      expect(layered({ [layer]: EVERY_RESERVED })).toEqual(layered({}));
    },
  );

  it('gives a root no parent that somebody else named', () => {
    const env = layered({
      declared: { PARENT_ID: 'forged' },
      identity: { reserved: { WORKSPACE_ID: 'uid-ada' }, gitDefaults: {} },
    });

    expect(env).not.toHaveProperty('PARENT_ID');
  });

  it('reserves every name that the identity gives, but for the model', () => {
    const given = Object.keys(identity.reserved).filter((name) => name !== 'MODEL');

    expect(RESERVED_NAMES).toEqual(expect.arrayContaining(given));
  });

  it('keeps the model of the spec over one in the environment', () => {
    expect(layered({ declared: { MODEL: 'other' } })['MODEL']).toBe('a-model');
  });

  it.each(['LD_PRELOAD', 'LD_LIBRARY_PATH', 'LD_AUDIT', 'DYLD_INSERT_LIBRARIES'])(
    'takes %s from the class only',
    (name) => {
      const theirs = layered({ declared: { [name]: 'theirs' }, mutated: { [name]: 'theirs' } });

      expect(theirs).not.toHaveProperty(name);
      expect(
        layered({ runtime: { [name]: 'ours' }, declared: { [name]: 'theirs' } }),
      ).toHaveProperty(name, 'ours');
    },
  );

  it.each(['runtime', 'declared', 'mutated'] as const)(
    'keeps an author that the layer "%s" names',
    (layer) => {
      const env = layered({ [layer]: { GIT_AUTHOR_NAME: 'Someone' } });

      expect(env).toMatchObject({
        GIT_AUTHOR_NAME: 'Someone',
        GIT_COMMITTER_NAME: 'Treeline ada',
      });
    },
  );

  it('lists the names that it refuses', () => {
    expect(findRefusedNames({ TIER: '4', LD_PRELOAD: 'a', PORTS: '1', PORT: '1' })).toEqual([
      'LD_PRELOAD',
      'PORT',
      'TIER',
    ]);
  });
});

import { expect, it } from '@jest/globals';
import { EXIT } from '../../../cmd/exit-codes.ts';
import { CliWorld } from '../cli-world.ts';

async function start(): Promise<CliWorld> {
  return await CliWorld.start({
    renderWorkspace: (namespace, name) =>
      Promise.resolve({
        ...{ uid: 'uid-ada', namespace, name, missing: [], env: { TOKEN: '***' }, mutators: [] },
        ...{
          credentials: ['.auth_token'],
          files: [{ path: 'config.yaml', bytes: 8, text: 'a: 1\n' }],
        },
        ...{ plugins: [], schedules: [], channels: [] },
      }),
  });
}

it('prints what a launch would deliver, as YAML or JSON', async () => {
  await using world = await start();

  const yaml = await world.run('render ada');
  const json = await world.run('render workspace/ada -n other -o json');

  expect(yaml.code).toBe(EXIT.ok);
  expect(yaml.stdout).toMatch(/^env:\n {2}TOKEN: "?\*\*\*"?$/m);
  expect(JSON.parse(json.stdout)).toMatchObject({ name: 'ada', namespace: 'other' });
});

it('refuses a format that it does not have', async () => {
  await using world = await start();

  expect((await world.run('render ada -o table')).code).toBe(EXIT.usage);
});

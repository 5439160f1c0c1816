import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EXIT } from '../../../cmd/exit-codes.ts';
import { agentConnecting } from '../../../cmd/wiring/agent-connecting.ts';
import { mintCredentials } from '../../../provisioning/credentials.ts';
import type { Connection } from '../../../server/contract-requests.ts';
import { storeCredentials } from '../../../store/agent-credentials.ts';
import { openExternalAttempt } from '../../../store/external-agents.ts';
import { findWorkspace } from '../../../store/workspaces.ts';
import { lead } from '../../support/agent-rows.ts';
import { testProvisioning } from '../../support/provisioning.ts';
import { CliWorld, manifest } from '../cli-world.ts';

const PROVISIONING = testProvisioning();

let world: CliWorld;
let uid: string;

/** As the first pass of a controller does. */
async function open(name: string): Promise<void> {
  uid = (await findWorkspace(world.db, 'default', name))?.uid ?? '';
  const key = { workspaceUid: uid, attempt: 1 };
  const { credentials } = mintCredentials(key, undefined, PROVISIONING.pipeline);
  await lead(world.db, async (tx) => {
    await storeCredentials(tx, credentials);
    await openExternalAttempt(tx, key);
  });
}

beforeAll(async () => {
  world = await CliWorld.start({ connecting: agentConnecting(PROVISIONING) });
  const manifests = [manifest('ada'), manifest('eve', '{ external: {} }')].join('---\n');
  await world.run('apply -f -', { stdin: manifests });
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

describe('connect', () => {
  // First: from here on eve is open.
  it('waits until a controller has looked at what was just declared', async () => {
    const waiting = world.run('connect eve');
    await open('eve');

    expect((await waiting).code).toBe(EXIT.ok);
  });

  it('prints what an agent needs to stdout, and that it is the only time to stderr', async () => {
    const { code, stdout, stderr } = await world.run('connect eve');

    const token = /^auth_token +([\w-]{43})$/m.exec(stdout)?.[1] ?? 'none';
    expect(code).toBe(EXIT.ok);
    expect(stderr).toContain('not shown again');
    expect(stdout).toMatch(new RegExp(`^workspace_id +${uid}$`, 'm'));
    expect(stdout).toMatch(/^inbound_secret +[\w-]{43}$/m);
    expect(stdout).toMatch(/^register +POST http:\/\/127\.0\.0\.1:7070\/registry\/register$/m);
    expect(stdout).toContain(
      `printf 'authorization: Bearer %s\\n' '${token}' | curl -fsS -H @- -H 'content-type: application/json' ` +
        `-d '{"workspace_id":"${uid}"}' 'http://127.0.0.1:7070/registry/heartbeat'`,
    );
    expect(stdout).toContain(`printf %s '${token}' > 'agent-eve/.auth_token'`);
    expect(stdout).toMatch(/^WORKSPACE_ID=.* node examples\/agent\/agent\.js$/m);
  });

  it('prints it for programs as well', async () => {
    const { stdout } = await world.run('connect eve -o json');

    expect(JSON.parse(stdout) as Connection).toMatchObject({
      workspace_id: uid,
      bundle_endpoint: 'http://127.0.0.1:7070/agents/v1/bundle',
    });
  });

  it.each([
    ['a class runs', 'connect ada', EXIT.refused, 'is not external: a class runs its agent'],
    ['is not there', 'connect nobody', EXIT.notFound, 'nobody does not exist'],
    ['is named in no known format', 'connect eve -o table', EXIT.usage, 'text, json'],
  ])('is refused for one that %s', async (_title, argv, code, why) => {
    const result = await world.run(argv);

    expect([result.code, result.stdout]).toEqual([code, '']);
    expect(result.stderr).toContain(why);
  });
});

describe('restart, hibernate and wake', () => {
  it.each(['restart', 'hibernate', 'wake'])('%s: nobody here can do that', async (verb) => {
    const result = await world.run(`${verb} eve`);

    expect(result.code).toBe(EXIT.refused);
    expect(result.stderr).toContain('runs elsewhere: nobody here can stop or start it');
  });
});

describe('an agent that runs elsewhere', () => {
  it('is shown as such where people look', async () => {
    await world.setStatus('eve', { phase: 'AwaitingAgent', url: 'http://192.168.0.7' });

    const [list, described, tree] = [
      await world.run('get workspaces -o wide'),
      await world.run('describe eve'),
      await world.run('tree'),
    ];

    expect(list.stdout).toMatch(
      /^eve +\w+ +AwaitingAgent +\w+ +<none> +external .*192\.168\.0\.7/m,
    );
    expect(described.stdout).toMatch(/^Runs: +elsewhere \(external\)$/m);
    expect(described.stdout).toMatch(/^URL: +http:\/\/192\.168\.0\.7$/m);
    expect(tree.stdout).toMatch(/^eve +◌ AwaitingAgent/m);
  });
});

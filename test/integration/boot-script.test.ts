import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { DEFAULT_USER_DATA } from '../../backends/ec2/default-user-data.ts';
import { renderUserData } from '../../backends/ec2/user-data.ts';
import { BootstrapWorld, PLANTED } from '../server/registry/bootstrap-world.ts';

const run = promisify(execFile);

/** A machine of `ada`: a folder for its root, and the user data that a launch would give it. */
class Machine implements AsyncDisposable {
  readonly #folder: string;
  readonly #script: string;

  private constructor(folder: string) {
    this.#folder = folder;
    this.#script = join(folder, 'user-data');
  }

  static async of({ api, uid, token }: BootstrapWorld): Promise<Machine> {
    const machine = new Machine(await mkdtemp(join(tmpdir(), 'treeline-boot-script-')));
    const command = ['/bin/sh', '-c', 'echo "agent has $API_KEY"'];
    const details = { platformUrl: await api.listen(), runtime: { command, env: {} } };
    const values = { uid, attempt: 1, bootstrapToken: token };
    const text = renderUserData({ userData: DEFAULT_USER_DATA, ...details }, values);
    await writeFile(machine.#script, text);
    return machine;
  }

  /** Starts it; answers what it wrote when its agent has ended. */
  async boot(): Promise<string> {
    const env = { PATH: process.env['PATH'] ?? '', TREELINE_ROOT: join(this.#folder, 'root') };
    const { stdout } = await run('/bin/sh', [this.#script], { env });
    return stdout;
  }

  async token(): Promise<string> {
    return await readFile(join(this.#folder, 'root', 'configs', '.auth_token'), 'utf8');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }
}

describe('the default user data and the agent API', () => {
  it('agree: a machine gets its bundle, its agent speaks, and later starts keep its token', async () => {
    await using world = await BootstrapWorld.start();
    await using machine = await Machine.of(world);

    const output = await machine.boot();
    const token = await machine.token();
    const { status } = await world.heartbeat(token);
    await world.declare({ env: [{ name: 'API_KEY', value: "what's new" }] });

    expect(output).toContain(`agent has ${PLANTED}\n`);
    expect(status).toBe(200);
    expect((await world.bootstrap()).status).toBe(401);
    expect(await machine.boot()).toContain("agent has what's new\n");
    expect(await machine.token()).toBe(token);
  });

  it('agree after the database was lost: the start makes the bootstrap token good again', async () => {
    await using world = await BootstrapWorld.start();
    await using machine = await Machine.of(world);
    await machine.boot();
    const token = await machine.token();
    await world.heartbeat(token);
    await sql`delete from credentials`.execute(world.api.db);
    await world.arm();

    await machine.boot();

    expect((await world.heartbeat(token)).status).toBe(401);
    expect((await world.heartbeat(await machine.token())).status).toBe(200);
  });
});

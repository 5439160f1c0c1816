import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { Harness, type HarnessOptions } from '../support/harness.ts';
import type { Secrets } from '../support/provisioning.ts';

/** A harness whose worlds begin again and again, and what is there beside a world. */
export class Stage implements AsyncDisposable {
  readonly harness: Harness;
  /** What its leaders read in every pass. */
  readonly vault: { secrets: () => Secrets };
  /** Where something listens. */
  readonly openPort: string;
  readonly #server: Server;

  static async open(options: Omit<HarnessOptions, 'secrets'>): Promise<Stage> {
    const vault: Stage['vault'] = { secrets: () => ({}) };
    const server = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const harness = await Harness.start({ ...options, secrets: () => vault.secrets() });
    return new Stage(harness, vault, server);
  }

  private constructor(harness: Harness, vault: Stage['vault'], server: Server) {
    this.harness = harness;
    this.vault = vault;
    this.openPort = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    this.#server = server;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.harness[Symbol.asyncDispose]();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

import { agentApiOptions } from '../../../cmd/wiring/agent-api.ts';
import { mintBootstrap } from '../../../provisioning/credentials.ts';
import { storeCredentials } from '../../../store/agent-credentials.ts';
import { openLaunch } from '../../support/agent-rows.ts';
import { testProvisioning } from '../../support/provisioning.ts';
import { TestApi, workspace, workspaceClass, type Answer } from '../test-api.ts';

/** Stands in a secret that `ada` gets. */
export const PLANTED = 'planted-value';

const { pipeline: PIPELINE } = testProvisioning();
const SPEC = {
  runtime: 'sample',
  envFrom: [{ secretRef: { name: 'model' } }],
  files: [{ inline: { 'notes.md': 'hello\n' } }],
};

/** The API with all that is behind it, and the workspace `ada`, whose instance has nothing but a bootstrap token. */
export class BootstrapWorld implements AsyncDisposable {
  readonly api: TestApi;
  readonly uid: string;
  readonly token: string;
  readonly #secrets: Record<string, Record<string, string>>;

  private constructor(
    api: TestApi,
    ada: { readonly uid: string; readonly token: string },
    secrets: Record<string, Record<string, string>>,
  ) {
    this.api = api;
    this.uid = ada.uid;
    this.token = ada.token;
    this.#secrets = secrets;
  }

  static async start(): Promise<BootstrapWorld> {
    const secrets = { model: { API_KEY: PLANTED } };
    const provisioning = testProvisioning({ secrets: () => secrets });
    const database = {
      get db() {
        return api.db;
      },
    };
    const options = { listen: { host: '127.0.0.1', port: 7070 } };
    const agents = agentApiOptions({ options, database, provisioning });
    const api: TestApi = await TestApi.start({ agents });
    await api.apply([workspaceClass('local', { default: true }), workspace('ada', SPEC)]);
    const { object } = await api.get('/api/v1/namespaces/default/workspaces/ada');
    const uid = object.metadata.uid;
    await openLaunch(api.db, { uid, attempt: 1 });
    const token = PIPELINE.key.bootstrapToken(`${uid}-1`);
    const world = new BootstrapWorld(api, { uid, token }, secrets);
    await world.arm();
    return world;
  }

  /** Stores its bootstrap token, as a launch or a start does. */
  async arm(): Promise<void> {
    const { uid } = this;
    const key = { workspaceUid: uid, attempt: 1, launchToken: `${uid}-1` };
    const { credentials } = mintBootstrap(key, undefined, PIPELINE);
    await this.api.lead((tx) => storeCredentials(tx, credentials));
  }

  /** Declares `ada` anew, as it was but for this. */
  async declare(change: object): Promise<void> {
    await this.api.apply([workspace('ada', { ...SPEC, ...change })]);
  }

  /** From here on nobody finds the secret. */
  loseSecret(): void {
    delete this.#secrets['model'];
  }

  async bootstrap(token = this.token, headers: object = {}): Promise<Answer> {
    return await this.#call('POST', '/agents/v1/bootstrap', { token, headers });
  }

  async bundle(token: string, headers: object = {}): Promise<Answer> {
    return await this.#call('GET', '/agents/v1/bundle', { token, headers });
  }

  async heartbeat(token: string): Promise<Answer> {
    const payload = { workspace_id: this.uid };
    return await this.#call('POST', '/registry/heartbeat', { token, payload });
  }

  async #call(
    method: 'GET' | 'POST',
    url: string,
    { token, headers = {}, payload }: { token: string; headers?: object; payload?: object },
  ): Promise<Answer> {
    const all = { authorization: `Bearer ${token}`, ...headers };
    return await this.api.call({ method, url, headers: all, ...(payload && { payload }) });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.api[Symbol.asyncDispose]();
  }
}

/** The agent's token in a bundle that was bootstrapped. */
export function tokenIn({ body }: Answer): string {
  const { files } = body as { readonly files: Readonly<Record<string, string>> };
  return files['.auth_token'] ?? '';
}

import type { AgentBundle } from '../../../api/agent-messages.ts';
import { systemClock } from '../../../lib/clock.ts';
import type { ServerOptions } from '../../../server/options.ts';
import { declareWorkspace, mintToken, openLaunch } from '../../support/agent-rows.ts';
import { TestApi, type Answer } from '../test-api.ts';

const BUNDLE: AgentBundle = {
  env: { SECRET: 'planted-value' },
  files: { 'config.yaml': 'name: ada' },
  configRevision: 'bundle-1',
};

export const AGENT_OPTIONS: NonNullable<ServerOptions['agents']> = {
  agentNetwork: 'local',
  resolveHost: () => Promise.reject(new Error('ENOTFOUND')),
  renderAgentBundle: (_uid, attempt) => Promise.resolve(attempt === 1 ? BUNDLE : undefined),
  bootstrapAgent: () => Promise.resolve(undefined),
};

/** The API with the workspace `ada`, in its first attempt; its agent has the token `ada-1`. */
export class AgentWorld implements AsyncDisposable {
  readonly api: TestApi;
  readonly uid: string;

  private constructor(api: TestApi, uid: string) {
    this.api = api;
    this.uid = uid;
  }

  static async start(overrides: Partial<ServerOptions> = {}): Promise<AgentWorld> {
    const api = await TestApi.start({ agents: AGENT_OPTIONS, clock: systemClock, ...overrides });
    const uid = await declareWorkspace(api.db, { name: 'ada' });
    await openLaunch(api.db, { uid, attempt: 1 });
    await mintToken(api.db, { uid, attempt: 1, token: 'ada-1' });
    return new AgentWorld(api, uid);
  }

  async post(route: string, payload: object, token = 'ada-1'): Promise<Answer> {
    const headers = { authorization: `Bearer ${token}` };
    return await this.api.call({ method: 'POST', url: `/registry/${route}`, payload, headers });
  }

  async get(url: string, token = 'ada-1'): Promise<Answer> {
    const headers = { authorization: `Bearer ${token}` };
    return await this.api.call({ method: 'GET', url, headers });
  }

  async register(change: object = {}, token?: string): Promise<Answer> {
    const body = { id: this.uid, url: 'http://127.0.0.1:8000', agent_card: { name: 'Ada' } };
    return await this.post('register', { ...body, ...change }, token);
  }

  async heartbeat(change: object = {}, token?: string): Promise<Answer> {
    return await this.post('heartbeat', { workspace_id: this.uid, ...change }, token);
  }

  async report() {
    return await this.api.db
      .selectFrom('agent_reports')
      .selectAll()
      .where('workspace_uid', '=', this.uid)
      .executeTakeFirst();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.api[Symbol.asyncDispose]();
  }
}

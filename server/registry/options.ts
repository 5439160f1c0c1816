import type { AgentBundle } from '../../api/agent-messages.ts';
import type { AttemptKey } from '../../store/launches.ts';
import type { AgentNetwork } from './address-ranges.ts';
import type { ResolveHost } from './agent-url.ts';

/** What the agent API needs beyond what the server has. */
export interface AgentApiOptions {
  /** Where agents may listen. */
  readonly agentNetwork: AgentNetwork;
  /** Every address of a host name, as `dns.lookup` with `all`; its time and number are limited by the server. */
  readonly resolveHost: ResolveHost;
  /**
   * What the agent of this attempt is to run with, but for its credentials; undefined when the attempt is over. Holds secrets.
   * Throws `PreparationError` while it cannot be made.
   */
  readonly renderAgentBundle: (
    workspaceUid: string,
    attempt: number,
  ) => Promise<AgentBundle | undefined>;
  /**
   * The same with new credentials, which are stored before it answers. Undefined, and nothing is stored, when the bootstrap
   * token with this SHA-256 is not good for the attempt any more.
   */
  readonly bootstrapAgent: (
    key: AttemptKey,
    bootstrapHash: string,
  ) => Promise<AgentBundle | undefined>;
}

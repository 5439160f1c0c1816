import type { AgentBundle } from '../../api/agent-messages.ts';
import type { AgentNetwork } from './address-ranges.ts';
import type { ResolveHost } from './agent-url.ts';

/** What the agent API needs beyond what the server has. */
export interface AgentApiOptions {
  /** Where agents may listen. */
  readonly agentNetwork: AgentNetwork;
  /** Every address of a host name, as `dns.lookup` with `all`; its time and number are limited by the server. */
  readonly resolveHost: ResolveHost;
  /** What the agent of this attempt is to run with; undefined while there is nothing to give. Holds secrets. */
  readonly renderAgentBundle: (
    workspaceUid: string,
    attempt: number,
  ) => Promise<AgentBundle | undefined>;
}

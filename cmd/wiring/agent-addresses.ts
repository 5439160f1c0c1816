import { lookup } from 'node:dns/promises';
import type { AddressAnswer } from '../../controllers/workspace/external-agent.ts';
import { canConnect } from '../../lib/connect.ts';
import { systemClock } from '../../lib/clock.ts';
import { isLoopback } from '../../server/listen-safety.ts';
import type { AgentNetwork } from '../../server/registry/address-ranges.ts';
import { checkAgentUrl, refuseUrlText, type ResolveHost } from '../../server/registry/agent-url.ts';
import { limitLookups } from '../../server/registry/host-resolver.ts';
import type { RunOptions } from '../options.ts';

/** What is asked of the addresses of agents, and where these may be. */
export interface AgentAddresses {
  readonly agentNetwork: AgentNetwork;
  /** Every address of a host name. */
  readonly resolveHost: ResolveHost;
  /** As in `AcceptanceContext`. */
  readonly refuseUrl: (url: string) => string | undefined;
  /** Whether something accepts connections at a declared URL; names are resolved for each look. Never throws. */
  readonly askAddress: (url: string) => Promise<AddressAnswer>;
}

/** A name may have many; one that nobody hears costs a second. */
const MOST_ADDRESSES_ASKED = 4;

/** Agents of a controller on loopback run beside it, unless it is told otherwise. */
export function agentAddresses({
  listen,
  publicUrl,
  agentNetwork = isLoopback(listen.host) && publicUrl === undefined ? 'local' : 'private',
}: Pick<RunOptions, 'listen' | 'publicUrl' | 'agentNetwork'>): AgentAddresses {
  const resolveSoon = limitLookups(resolveHost, systemClock);
  return {
    agentNetwork,
    resolveHost,
    refuseUrl: (url) => refuseUrlText(url, agentNetwork),
    askAddress: async (url) => {
      const verdict = await checkAgentUrl(url, agentNetwork, resolveSoon);
      return 'refusal' in verdict
        ? { isAnswering: false, refusal: verdict.refusal }
        : { isAnswering: await answersAtOne(verdict.url, verdict.addresses) };
    },
  };
}

async function resolveHost(host: string): Promise<readonly string[]> {
  const found = await lookup(host, { all: true });
  return found.map(({ address }) => address);
}

/** The very addresses that were checked: the name may stand for others a moment later. */
async function answersAtOne(url: string, addresses: readonly string[]): Promise<boolean> {
  for (const address of addresses.slice(0, MOST_ADDRESSES_ASKED)) {
    if (await canConnect(url, address)) {
      return true;
    }
  }
  return false;
}

import { mintCredentials } from '../../provisioning/credentials.ts';
import type { AgentConnecting } from '../../server/options.ts';
import type { Provisioning } from './leader.ts';

/** How the API makes tokens for agents that run elsewhere: as the pipeline does for all others. */
export function agentConnecting({
  pipeline,
  platformUrl,
}: Pick<Provisioning, 'pipeline' | 'platformUrl'>): AgentConnecting {
  return {
    platformUrl,
    mint: (key, sealed) => {
      const { credentials, token, inboundSecret } = mintCredentials(key, sealed, pipeline);
      const { tokenHash, sealedInboundSecret } = credentials;
      return { token, inboundSecret, tokenHash, sealedInboundSecret };
    },
  };
}

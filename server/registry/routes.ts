import { StoreUnavailableError } from '../../lib/errors.ts';
import { errorHandler } from '../error-handler.ts';
import type { ServerLog, ServerOptions } from '../options.ts';
import type { ApiServer } from '../route-schema.ts';
import { Agents } from './agents.ts';
import { registerBootstrap, registerBundle } from './bundle.ts';
import { registerHeartbeat, registerUpdateCard } from './heartbeat.ts';
import { limitLookups } from './host-resolver.ts';
import { registerPeers, registerState } from './questions.ts';
import { registerRegister } from './register.ts';

/**
 * What agents ask (design §10), in an authentication domain of its own: a bearer token is bound to workspace and attempt,
 * and neither an operator's token works here nor an agent's elsewhere. Without `options.agents` there are no such routes.
 */
export function registerAgentApi(server: ApiServer, options: ServerOptions): void {
  const { agents: agentOptions, db, clock, log } = options;
  if (agentOptions === undefined) {
    return;
  }
  const resolveHost = limitLookups(agentOptions.resolveHost, clock);
  const agents = new Agents(db, clock);
  void server.register((scope: ApiServer, _options, done) => {
    scope.decorateRequest('agentTokenHash', '');
    scope.setErrorHandler(errorHandler(withoutOutages(log)));
    scope.addHook('onRequest', (request, _reply, next) => {
      agents.admit(request);
      next();
    });
    registerRegister(scope, agents, { ...agentOptions, resolveHost });
    registerHeartbeat(scope, agents);
    registerUpdateCard(scope, agents);
    registerState(scope, agents);
    registerPeers(scope, agents, db);
    registerBundle(scope, agents, agentOptions);
    registerBootstrap(scope, agents, agentOptions);
    done();
  });
}

/** Ten thousand agents would say hundreds of times a second what the controller's own loops say of the database. */
function withoutOutages(log: ServerLog): ServerLog {
  return {
    info: (fields, message) => {
      log.info(fields, message);
    },
    error: (fields, message) => {
      if (!(fields['error'] instanceof StoreUnavailableError)) {
        log.error(fields, message);
      }
    },
  };
}

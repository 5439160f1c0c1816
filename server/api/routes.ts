import type { ServerOptions } from '../options.ts';
import type { ApiServer } from '../route-schema.ts';
import type { Streams } from '../streams.ts';
import { registerApply } from './apply.ts';
import { registerBackends } from './backends.ts';
import { registerConnect } from './connect.ts';
import { registerDelete } from './delete.ts';
import { registerEvents } from './events.ts';
import { registerGarbage } from './garbage.ts';
import { registerLog } from './log.ts';
import { registerMessages } from './messages.ts';
import { registerObjects } from './objects.ts';
import { registerPatch } from './patch.ts';
import { registerRender } from './render.ts';
import { registerRequests } from './requests.ts';
import { registerRollouts } from './rollouts.ts';
import { registerSources } from './sources.ts';
import { registerTokens } from './tokens.ts';
import { registerWatch } from './watch.ts';

/** Everything below `/api/v1` (design §13). */
export function registerApi(server: ApiServer, options: ServerOptions, streams: Streams): void {
  registerObjects(server, options);
  registerPatch(server, options);
  registerRequests(server, options);
  registerMessages(server, options);
  registerConnect(server, options);
  registerDelete(server, options);
  registerApply(server, options);
  registerEvents(server, options, streams);
  registerWatch(server, options, streams);
  registerLog(server, options, streams);
  registerRender(server, options);
  registerGarbage(server, options);
  registerRollouts(server, options);
  registerSources(server, options);
  registerBackends(server, options);
  registerTokens(server, options);
}

import type { Connection } from '../../server/contract-requests.ts';
import { renderTable } from './table.ts';

/** What an agent elsewhere needs, and lines for a shell that use it. Tokens reach no command line of another program. */
export function renderConnection(connection: Connection, name: string): string[] {
  const { register_endpoint: register, heartbeat_endpoint: heartbeat } = connection;
  return [
    ...renderTable([
      ['workspace_id', connection.workspace_id],
      ['platform_url', connection.platform_url],
      ['auth_token', connection.auth_token],
      ['inbound_secret', connection.inbound_secret],
      ['register', `POST ${register}`],
      ['heartbeat', `POST ${heartbeat}`],
      ['bundle', `GET ${connection.bundle_endpoint}`],
    ]),
    '',
    '# One heartbeat; the agent is Online until 90 seconds after the last one:',
    ...heartbeatLines(connection),
    '',
    '# Or the sample agent, beside the controller, from a checkout of Treeline:',
    ...sampleLines(connection, name),
  ];
}

function heartbeatLines({
  workspace_id: id,
  auth_token: token,
  heartbeat_endpoint: url,
}: Connection) {
  const body = JSON.stringify({ workspace_id: id });
  return [
    `printf 'authorization: Bearer %s\\n' '${token}' | curl -fsS -H @- -H 'content-type: application/json' -d '${body}' '${url}'`,
  ];
}

/** It reads its credentials from files, as it does where a backend starts it. */
function sampleLines(connection: Connection, name: string): string[] {
  const folder = `agent-${name}`;
  const files = { auth_token: connection.auth_token, inbound_secret: connection.inbound_secret };
  const env = [
    `WORKSPACE_ID='${connection.workspace_id}'`,
    `WORKSPACE_NAME='${name}'`,
    `PLATFORM_URL='${connection.platform_url}'`,
    `WORKSPACE_CONFIG_PATH='${folder}'`,
    'PORT=0',
  ];
  return [
    `mkdir -m 700 -p '${folder}'`,
    ...Object.entries(files).map(([file, value]) => `printf %s '${value}' > '${folder}/.${file}'`),
    `${env.join(' ')} node examples/agent/agent.js`,
  ];
}

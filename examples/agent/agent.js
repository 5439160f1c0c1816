// A sample agent: serves HTTP on PORT and says who it is. No dependencies; any Node from 20 on runs it.
import { readdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join, relative } from 'node:path';

const { env } = process;
const startedAt = new Date();

/** What this agent knows of itself, from its environment. */
const identity = {
  id: env.WORKSPACE_ID,
  name: env.WORKSPACE_NAME,
  role: env.WORKSPACE_ROLE,
  parent: env.PARENT_ID,
};

/** The files that were put into place before the start, as paths below WORKSPACE_CONFIG_PATH. */
async function listConfigFiles() {
  const folder = env.WORKSPACE_CONFIG_PATH;
  if (folder === undefined) {
    return [];
  }
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath ?? entry.path, entry.name)))
    .sort();
}

async function describe() {
  return {
    ...identity,
    startedAt: startedAt.toISOString(),
    uptimeSeconds: Math.floor((Date.now() - startedAt.getTime()) / 1000),
    configFiles: await listConfigFiles(),
  };
}

const server = createServer((request, response) => {
  const answer = (status, body) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(`${JSON.stringify(body, null, 2)}\n`);
  };
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    answer(405, { error: 'this agent only answers GET' });
    return;
  }
  describe().then(
    (body) => answer(200, body),
    (error) => answer(500, { error: error.message }),
  );
});

// A port that is taken, or none at all, ends the agent: its evidence says why, and the next start gets another port.
server.listen(Number(env.PORT), '127.0.0.1', () => {
  console.log(`${identity.name ?? 'an agent'} listens on http://127.0.0.1:${env.PORT}`);
});

process.on('SIGTERM', () => {
  console.log('stopping');
  process.exit(0);
});

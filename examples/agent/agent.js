// A sample agent, to be read as a tutorial. No dependencies; any Node from 20 on runs it.
//
// Here is what it does by itself: it serves HTTP on PORT, works, and ends in good order. `platform.js` beside it is all
// that it takes to live on Treeline: registering, heartbeats, doing what the answers say. Without PLATFORM_URL or a
// token file, or with IGNORE_PLATFORM, that part is left out.
import { readdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join, relative } from 'node:path';
import { text } from 'node:stream/consumers';
import { findPlatform, liveOn } from './platform.js';

const { env } = process;
const startedAt = new Date();

/** A class gives its agents 10 s to stop unless it says otherwise; this one is gone before that. */
const DRAIN_SECONDS = Number(env.DRAIN_SECONDS ?? 8);
const LONGEST_TASK_SECONDS = 3600;

/** Put beside the config files for us alone: nobody else is told of them. */
const SECRET_FILES = ['.auth_token', '.inbound_secret'];

/** What this agent knows of itself, from its environment. */
const identity = {
  id: env.WORKSPACE_ID,
  name: env.WORKSPACE_NAME,
  role: env.WORKSPACE_ROLE,
  parent: env.PARENT_ID,
};

/** What it does and what it was told. `platform.js` reports the first part and writes the second. */
const agent = {
  identity,
  activeTasks: 0,
  currentTask: '',
  /** Since the last heartbeat that arrived. */
  requests: 0,
  errors: 0,
  lastError: '',

  desiredState: 'Running',
  configRevision: undefined,
  children: [],

  uptimeSeconds: () => Math.floor((Date.now() - startedAt.getTime()) / 1000),
  /** While it drains it finishes what it has begun and takes nothing new. */
  isDraining: () => isStopping || ['Paused', 'Hibernated'].includes(agent.desiredState),
  /** Called when the last task of an agent that drains is done. */
  onDrained: () => {},
  readConfig,
};
let isStopping = false;
let config = { files: [], readAt: undefined };

/**
 * Looks at what was put below WORKSPACE_CONFIG_PATH; a real agent takes its prompts and settings from there. Files that
 * cannot be read are told of and survived: the agent goes on with what it has.
 */
async function readConfig() {
  const folder = env.WORKSPACE_CONFIG_PATH;
  try {
    const entries = folder ? await readdir(folder, { recursive: true, withFileTypes: true }) : [];
    const files = entries
      .filter((entry) => entry.isFile() && !SECRET_FILES.includes(entry.name))
      .map((entry) => relative(folder, join(entry.parentPath ?? entry.path, entry.name)))
      .sort();
    config = { files, readAt: new Date().toISOString() };
  } catch (error) {
    console.log(`reading config files: ${error.message}`);
  }
}

function describe() {
  return {
    ...identity,
    startedAt: startedAt.toISOString(),
    uptimeSeconds: agent.uptimeSeconds(),
    configFiles: config.files,
    configReadAt: config.readAt,
    configRevision: agent.configRevision,
    desiredState: agent.desiredState,
    draining: agent.isDraining(),
    activeTasks: agent.activeTasks,
    children: agent.children,
  };
}

/** What can be asked of it: each takes the body and gives [status, answer]. */
const POSTS = {
  /** A message. A real agent would think about it; this one says it back. */
  '/': (message) => [200, { from: identity.name, received: message }],

  /** Is busy for a while: `{"seconds": 5}`. */
  '/tasks': (task) => {
    const seconds = task?.seconds;
    if (typeof seconds !== 'number' || seconds < 0 || seconds > LONGEST_TASK_SECONDS) {
      return [400, { error: `seconds must be a number from 0 to ${LONGEST_TASK_SECONDS}` }];
    }
    startTask(seconds);
    return [202, { activeTasks: agent.activeTasks }];
  },

  /** Fails, so that the error rate of the next heartbeat rises. */
  '/fail': () => {
    agent.errors += 1;
    agent.lastError = 'somebody asked for it';
    return [500, { error: agent.lastError }];
  },
};

function startTask(seconds) {
  agent.activeTasks += 1;
  agent.currentTask = `busy for ${seconds} s`;
  setTimeout(() => {
    agent.activeTasks -= 1;
    if (agent.activeTasks > 0) {
      return;
    }
    agent.currentTask = '';
    if (isStopping) {
      process.exit(0);
    }
    if (agent.isDraining()) {
      agent.onDrained();
    }
  }, seconds * 1000);
}

async function answerPost(path, request) {
  if (!Object.hasOwn(POSTS, path)) {
    return [405, { error: `this agent answers GET, and POST to ${Object.keys(POSTS).join(', ')}` }];
  }
  let body;
  try {
    body = JSON.parse((await text(request)) || 'null');
  } catch {
    return [400, { error: 'the body is not JSON' }];
  }
  // Asked after the last `await`: it may have begun to drain while the body came in.
  if (agent.isDraining()) {
    return [503, { error: 'draining' }];
  }
  agent.requests += 1;
  return POSTS[path](body);
}

const server = createServer(async (request, response) => {
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  const path = request.method === 'POST' ? request.url.split('?')[0] : '';
  const [status, body] = isRead ? [200, describe()] : await answerPost(path, request);
  response.writeHead(status, {
    'content-type': 'application/json',
    ...(status === 503 && { 'retry-after': '15' }),
  });
  response.end(`${JSON.stringify(body, null, 2)}\n`);
});

process.on('SIGHUP', readConfig);

process.on('SIGTERM', () => {
  console.log('stopping');
  isStopping = true;
  if (agent.activeTasks === 0) {
    process.exit(0);
  }
  setTimeout(() => process.exit(0), DRAIN_SECONDS * 1000);
});

await readConfig();
const platform = await findPlatform(env);

// A port that is taken, or none at all, ends the agent: its evidence says why, and the next start gets another port.
server.listen(Number(env.PORT), '127.0.0.1', () => {
  const { port } = server.address();
  const url = `http://127.0.0.1:${port}`;
  console.log(`${identity.name ?? 'an agent'} listens on ${url}`);
  if (platform !== undefined) {
    liveOn(platform, agent, env.AGENT_URL ?? url);
  }
});

// How an agent lives on Treeline: it registers, sends heartbeats, and does what the answers say.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The platform takes an agent for lost after 180 s of silence, so five heartbeats in a row may go astray. */
const DEFAULT_HEARTBEAT_SECONDS = 30;
const CALL_TIMEOUT_SECONDS = 10;
/** Waits between tries to register; they double. */
const FIRST_WAIT_SECONDS = 1;
const LONGEST_WAIT_SECONDS = 30;

/** Where the platform is, and what opens it; undefined for an agent that lives alone. */
export async function findPlatform(env) {
  if (!env.PLATFORM_URL || !env.WORKSPACE_CONFIG_PATH || env.IGNORE_PLATFORM) {
    return undefined;
  }
  // In place before the agent starts. It is never taken from the environment, which other processes may read.
  const readToken = async () =>
    (await readFile(join(env.WORKSPACE_CONFIG_PATH, '.auth_token'), 'utf8')).trim();
  const token = await readToken().catch(() => '');
  const heartbeatSeconds = Number(env.HEARTBEAT_SECONDS ?? DEFAULT_HEARTBEAT_SECONDS);
  return token === ''
    ? undefined
    : { url: env.PLATFORM_URL.replace(/\/$/, ''), token, readToken, heartbeatSeconds };
}

/** Registers and then beats, for ever; `url` is where others reach this agent. */
export async function liveOn(platform, agent, url) {
  const pulse = createPulse();
  agent.onDrained = pulse.hurry;
  await obey(await persist(() => register(platform, agent, url)), agent, pulse);
  console.log('registered');
  for (;;) {
    await beat(platform, agent).then(
      (answer) => obey(answer, agent, pulse),
      (error) => console.log(`heartbeat: ${explain(error)}`),
    );
    await pulse.wait(platform.heartbeatSeconds);
  }
}

async function register(platform, agent, url) {
  const { id, name, role } = agent.identity;
  const card = { name, description: role, version: '1.0.0', url };
  return await call(platform, '/registry/register', { id, url, agent_card: card });
}

async function beat(platform, agent) {
  const { requests, errors } = agent;
  const answer = await call(platform, '/registry/heartbeat', {
    workspace_id: agent.identity.id,
    error_rate: requests === 0 ? 0 : errors / requests,
    sample_error: errors === 0 ? '' : agent.lastError,
    current_task: agent.currentTask,
    active_tasks: agent.activeTasks,
    uptime_seconds: agent.uptimeSeconds(),
    monthly_spend: 0,
    runtime_state: '',
    runtime_metadata: { capabilities: { heartbeat: true } },
    config_revision: agent.configRevision,
  });
  // Only what was told: more may have come in meanwhile.
  agent.requests -= requests;
  agent.errors -= errors;
  return answer;
}

/**
 * The answer to both is `{ status, desiredState, configRevision }`, and of a heartbeat also `children: { revision, items }`,
 * the workspaces below ours. What it leaves out stays.
 */
async function obey({ desiredState, configRevision, children }, agent, pulse) {
  const wasDraining = agent.isDraining();
  agent.desiredState = desiredState ?? agent.desiredState;
  agent.children = children?.items ?? agent.children;
  if (agent.isDraining() && !wasDraining) {
    console.log(`draining: ${agent.desiredState} is wanted`);
    // Said at once, and not a whole interval later: the platform waits for it.
    pulse.hurry();
  }
  const known = agent.configRevision;
  agent.configRevision = configRevision || known;
  // The first one is that of the files we were started with.
  if (known !== undefined && agent.configRevision !== known) {
    await agent.readConfig();
  }
}

/** What the platform answers. Throws when it cannot be asked, or refuses. Ends this process when there is no workspace any more. */
async function call(platform, path, body) {
  let response = await post(platform, path, body);
  if (response.status === 401) {
    // The token may have been replaced since it was read.
    platform.token = await platform.readToken();
    response = await post(platform, path, body);
  }
  if (response.status === 404 || response.status === 410) {
    console.log('the workspace was deleted: leaving');
    process.exit(0);
  }
  if (response.status >= 300) {
    throw new Error(`the platform answered ${response.status}`);
  }
  return JSON.parse(response.text);
}

async function post({ url, token }, path, body) {
  const response = await fetch(url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
    // The token is for this address and no other.
    redirect: 'error',
    signal: AbortSignal.timeout(CALL_TIMEOUT_SECONDS * 1000),
  });
  return { status: response.status, text: await response.text() };
}

/** `fetch` itself says no more than that it failed. */
function explain(error) {
  return error.cause?.code ?? error.message;
}

/** Does `work` until it succeeds, with growing waits. */
async function persist(work) {
  let seconds = FIRST_WAIT_SECONDS;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      console.log(`registering: ${explain(error)}; again in ${seconds} s`);
    }
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    seconds = Math.min(seconds * 2, LONGEST_WAIT_SECONDS);
  }
}

/** Waits between heartbeats, which `hurry` cuts short: the wait under way, or else the next one. */
function createPulse() {
  let isHurried = false;
  let end = () => {};
  return {
    hurry() {
      isHurried = true;
      end();
    },
    async wait(seconds) {
      if (!isHurried) {
        await new Promise((resolve) => {
          const timer = setTimeout(resolve, seconds * 1000);
          end = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      isHurried = false;
    },
  };
}

import { LEGACY_PREFIX, type Env } from './env.ts';

/** Goes before the name of a workspace where it appears as author of a commit. */
const PRODUCT = 'Treeline';

/** `.invalid` is reserved (RFC 2606), so that no stranger gets mail that is meant for an agent. */
const DEFAULT_MAIL_DOMAIN = 'agents.treeline.invalid';

/** Runtimes that want their model under a name of their own (lessons.md, 2.5); the others get `MODEL`. */
const MODEL_NAME_BY_RUNTIME: Readonly<Record<string, string>> = { hermes: 'HERMES_DEFAULT_MODEL' };

/** Who a workspace is. */
export interface Identity {
  readonly uid: string;
  readonly name: string;
  readonly displayName?: string | undefined;
  readonly role?: string | undefined;
  readonly tier: number;
  /** The uid of its parent; none makes it a root. */
  readonly parentId?: string | undefined;
  /** Where agents find this controller. */
  readonly platformUrl: string;
  readonly model: string;
  readonly runtime: string;
  /** Domain of the agents' mail addresses; default `agents.treeline.invalid`. */
  readonly mailDomain?: string | undefined;
}

export interface IdentityEnv {
  /** Nobody can override these. */
  readonly reserved: Env;
  /** Git author and committer, for where nobody else names one. */
  readonly gitDefaults: Env;
}

/** The variables that tell an agent who it is; `WORKSPACE_CONFIG_PATH` and `PORT` are the backend's to say. Pure. */
export function identityEnv(identity: Identity): IdentityEnv {
  const { uid, tier, role, parentId, platformUrl, model, runtime } = identity;
  return {
    reserved: {
      WORKSPACE_ID: uid,
      WORKSPACE_NAME: shownName(identity),
      TIER: String(tier),
      PLATFORM_URL: platformUrl,
      [`${LEGACY_PREFIX}_URL`]: platformUrl,
      [MODEL_NAME_BY_RUNTIME[runtime] ?? 'MODEL']: model,
      ...(parentId !== undefined && { PARENT_ID: parentId }),
      ...(role !== undefined && { WORKSPACE_ROLE: role, [`${LEGACY_PREFIX}_AGENT_ROLE`]: role }),
    },
    gitDefaults: gitDefaults(identity),
  };
}

/** The display name, or else the name. */
export function shownName({ name, displayName = '' }: Pick<Identity, 'name' | 'displayName'>) {
  return displayName.trim() === '' ? name : displayName;
}

/** A name without any letter or digit of ASCII has no slug of its own; the object's name is one. */
function gitDefaults(identity: Identity): Env {
  // On one line, as in a commit; an empty name sets nothing.
  const shown = shownName(identity).trim().replace(/\s+/g, ' ');
  if (shown === '') {
    return {};
  }
  const slug = slugOf(shown);
  const name = `${PRODUCT} ${shown}`;
  const email = `${slug === '' ? identity.name : slug}@${identity.mailDomain ?? DEFAULT_MAIL_DOMAIN}`;
  return {
    GIT_AUTHOR_NAME: name,
    GIT_AUTHOR_EMAIL: email,
    GIT_COMMITTER_NAME: name,
    GIT_COMMITTER_EMAIL: email,
  };
}

function slugOf(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}

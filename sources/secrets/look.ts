import { lstat, realpath } from 'node:fs/promises';
import { forEachLimited } from '../directory/for-each-limited.ts';
import { PARALLEL_CALLS } from '../directory/limits.ts';
import type { FoundFolder } from '../directory/listing.ts';
import { codeOf } from '../directory/paths.ts';
import { listEntries, type Boundary, type Entry } from './find-entry.ts';
import { lookAtEnvFile, lookAtKeys } from './look-at-secret.ts';
import type { Look, Place } from './place.ts';

const ENV_FILE = '.env';
/** Names of namespaces and secrets, as Kubernetes checks them (RFC 1123); all others lie there for another purpose. */
const NAMESPACE_NAME = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const SECRET_NAME =
  /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/**
 * Lists a secrets folder (docs/adr/0004) without reading a file. A folder that does not exist is empty. Never throws:
 * what cannot be looked at is a problem of the secret, the namespace or the whole folder.
 */
export async function lookAtFolder(
  folder: string,
  onFolder: (folder: FoundFolder) => void,
): Promise<Look> {
  const namespaces = new Map<string, string>();
  const places = new Map<string, Place>();
  const take = (place: Place): void => {
    places.set(place.path, place);
  };
  try {
    const root = await realpath(folder);
    const boundary = { root, onFolder };
    const top = { path: '', realPath: root, stats: await lstat(root) };
    for (const entry of await listEntries(top, isNamespaceOrEnv, boundary)) {
      if (entry.name === ENV_FILE) {
        take(lookAtEnvFile(entry, { namespace: undefined, name: undefined }));
      } else if (entry.kind === 'refused' || entry.stats.isDirectory()) {
        namespaces.set(entry.name, await lookAtNamespace(entry, boundary, take));
      }
    }
    return { problem: '', namespaces, places };
  } catch (error) {
    const code = codeOf(error);
    const problem = code === 'ENOENT' ? '' : `the secrets folder cannot be read: ${code}`;
    return { problem, namespaces: new Map(), places: new Map() };
  }
}

function isNamespaceOrEnv(name: string): boolean {
  return name === ENV_FILE || NAMESPACE_NAME.test(name);
}

function isSecretOrEnv(name: string): boolean {
  return name === ENV_FILE || SECRET_NAME.test(name);
}

/** Answers why it cannot be looked at, or ''. */
async function lookAtNamespace(
  folder: Entry,
  boundary: Boundary,
  take: (place: Place) => void,
): Promise<string> {
  if (folder.kind === 'refused') {
    return `${folder.path} ${folder.problem}`;
  }
  try {
    const entries = await listEntries(folder, isSecretOrEnv, boundary);
    await forEachLimited(entries, PARALLEL_CALLS, async (entry) => {
      take(await lookAtEntry(entry, folder.name, boundary));
    });
    return '';
  } catch (error) {
    const code = codeOf(error);
    return code === 'ENOENT' ? '' : `${folder.path} cannot be read: ${code}`;
  }
}

function lookAtEntry(entry: Entry, namespace: string, boundary: Boundary): Place | Promise<Place> {
  if (entry.name === ENV_FILE) {
    return lookAtEnvFile(entry, { namespace, name: undefined });
  }
  return entry.name.endsWith(ENV_FILE)
    ? lookAtEnvFile(entry, { namespace, name: entry.name.slice(0, -ENV_FILE.length) })
    : lookAtKeys(entry, { namespace, name: entry.name }, boundary);
}

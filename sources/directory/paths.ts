import { posix, sep } from 'node:path';
import { errorCode } from '../../lib/error-code.ts';

/** Extensions of manifests, as kubectl reads them from a folder. */
const MANIFEST_NAME = /\.(ya?ml|json)$/;

/** Whether a file of this name is read as a manifest. */
export function isManifestName(name: string): boolean {
  return MANIFEST_NAME.test(name) && !isHidden(name);
}

/** Hidden files and folders (`.git`, editors' swap files) and installed packages declare nothing. */
export function isHidden(name: string): boolean {
  return name.startsWith('.') || name === 'node_modules';
}

/** Not part of the content of a folder: Git's own data, packages, and what editors leave while they write. */
export function isNoContent(name: string): boolean {
  return /^(\.git|node_modules|\.DS_Store|\.#.*|4913|.*~|\..*\.sw[a-z])$/.test(name);
}

/** Whether `path` is one of `folders` or lies below one. Paths are relative, with `/`; '' is the root. */
export function isWithin(path: string, folders: ReadonlySet<string>): boolean {
  for (let at = path; at !== '.'; at = posix.dirname(at)) {
    if (folders.has(at)) {
      return true;
    }
  }
  return folders.has('');
}

/** Whether an absolute, resolved path is `root` or lies below it. */
export function isInside(root: string, realPath: string): boolean {
  return realPath === root || realPath.startsWith(root.endsWith(sep) ? root : root + sep);
}

/** `name` in `folder`, where '' is the root. */
export function childOf(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}

/** The short word for a failed file system call, e.g. `EACCES`. */
export function codeOf(error: unknown): string {
  return errorCode(error) ?? String(error);
}

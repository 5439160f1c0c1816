import { createHash } from 'node:crypto';
import { lstat, mkdir, readdir, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { InsufficientCapacityError } from '../../lib/errors.ts';
import { unless } from './errors.ts';
import type { Layout } from './layout.ts';
import { CALL_LIFETIME_SECONDS } from './limits.ts';
import type { PortRange } from './parameters.ts';

export interface PortRequest {
  readonly layout: Layout;
  readonly id: string;
  /** Folder of empty files named like the ports that the instance may hold. */
  readonly heldFolder: string;
  readonly range: PortRange;
  readonly now: Date;
  /** The port of the run before. */
  readonly preferred?: number;
}

/**
 * Claims a port that no instance of this data folder holds and that can be bound on 127.0.0.1 now. Throws
 * `InsufficientCapacityError` when there is none. A foreign program may still take it before the agent does: then the
 * agent ends, and its next run gets another port.
 */
export async function claimPort(request: PortRequest): Promise<number> {
  const { layout, range } = request;
  await mkdir(layout.ports, { recursive: true, mode: 0o700 });
  if (request.preferred !== undefined && (await isStillOurs(request, request.preferred))) {
    return request.preferred;
  }
  const found = await claimFirstFree(request);
  if (found !== undefined) {
    return found;
  }
  await releaseOrphanedPorts(layout, request.now);
  const foundAfterAll = await claimFirstFree(request);
  if (foundAfterAll === undefined) {
    throw await exhausted(layout, range);
  }
  return foundAfterAll;
}

/** Gives a port back, if this instance holds it. */
async function releasePort(layout: Layout, id: string, port: number): Promise<void> {
  if ((await holderOf(layout, port)) === id) {
    await rm(layout.port(port), { force: true });
  }
}

/** Gives back every port named in `heldFolder`, but for `kept`. */
export async function releasePorts(
  { layout, id, heldFolder }: Pick<PortRequest, 'layout' | 'id' | 'heldFolder'>,
  kept?: number,
): Promise<void> {
  const held = await unless(['ENOENT'], () => readdir(heldFolder), []);
  for (const port of held.map(Number).filter((one) => one !== kept)) {
    await releasePort(layout, id, port);
    await rm(join(heldFolder, String(port)), { force: true });
  }
}

/** Ports of instances that never came to be: their launch died between the claim and the folder. */
export async function releaseOrphanedPorts(layout: Layout, now: Date): Promise<void> {
  const bornBefore = now.getTime() - CALL_LIFETIME_SECONDS * 1000;
  for (const port of await claimedPorts(layout)) {
    const id = await holderOf(layout, port);
    const claim = await unless(['ENOENT'], () => lstat(layout.port(port)), undefined);
    const isOld = claim !== undefined && claim.mtimeMs < bornBefore;
    if (id !== undefined && isOld && !(await exists(layout.instance(id)))) {
      await releasePort(layout, id, port);
    }
  }
}

async function claimFirstFree(request: PortRequest): Promise<number | undefined> {
  const taken = new Set(await claimedPorts(request.layout));
  for (const port of portsInOrder(request)) {
    if (!taken.has(port) && (await canBind(port)) && (await claim(request, port))) {
      return port;
    }
  }
  return undefined;
}

async function claim({ layout, id, heldFolder }: PortRequest, port: number): Promise<boolean> {
  const held = join(heldFolder, String(port));
  await mkdir(heldFolder, { recursive: true, mode: 0o700 });
  await writeFile(held, '');
  const isOurs = await unless(
    ['EEXIST'],
    async () => {
      await symlink(id, layout.port(port));
      return true;
    },
    false,
  );
  if (!isOurs) {
    await rm(held, { force: true });
  }
  return isOurs;
}

async function isStillOurs({ layout, id }: PortRequest, port: number): Promise<boolean> {
  return (await holderOf(layout, port)) === id && (await canBind(port));
}

/**
 * All ports of the range, from one that follows from the instance's id: two data folders with the same range rarely
 * reach for the same port at the same moment.
 */
function portsInOrder({ id, range: { first, last } }: PortRequest): readonly number[] {
  const count = last - first + 1;
  const offset = createHash('sha256').update(id).digest().readUInt32BE(0) % count;
  return Array.from({ length: count }, (_, index) => first + ((offset + index) % count));
}

function canBind(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(false);
    });
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
}

async function claimedPorts(layout: Layout): Promise<readonly number[]> {
  return (await readdir(layout.ports)).map(Number);
}

async function holderOf(layout: Layout, port: number): Promise<string | undefined> {
  return await unless(['ENOENT', 'EINVAL'], () => readlink(layout.port(port)), undefined);
}

async function exists(path: string): Promise<boolean> {
  return (await unless(['ENOENT'], () => lstat(path), undefined)) !== undefined;
}

async function exhausted(
  layout: Layout,
  { first, last }: PortRange,
): Promise<InsufficientCapacityError> {
  const held = (await claimedPorts(layout)).filter((port) => port >= first && port <= last).length;
  const count = last - first + 1;
  return new InsufficientCapacityError(
    `claiming a port: none of the ${count} in ${first}-${last} is free: ${held} are held by instances of this ` +
      `installation, ${count - held} by other programs`,
  );
}

import type { InstallationKey, RandomBytes } from '../lib/installation-key.ts';
import { sha256Hex } from '../lib/hash.ts';
import type { AttemptKey } from '../store/launches.ts';

declare const minted: unique symbol;

/** What the store keeps of the credentials of one start; `mintCredentials` alone makes them. */
export interface MintedCredentials extends AttemptKey {
  readonly [minted]: true;
  /** SHA-256 of the agent's token, hexadecimal. */
  readonly tokenHash: string;
  readonly sealedInboundSecret: string;
  readonly isBootstrap: boolean;
}

export interface Minted {
  readonly credentials: MintedCredentials;
  /** Never stored and never logged. */
  readonly token: string;
  readonly inboundSecret: string;
  /** For the bundle: files that only the agent reads. */
  readonly files: Readonly<Record<string, string>>;
}

/** An attempt, and what its bootstrap token follows from. */
export interface BootstrapKey extends AttemptKey {
  readonly launchToken: string;
}

interface MintServices {
  readonly key: InstallationKey;
  readonly randomBytes: RandomBytes;
}

/** 32 random bytes, base64url: 43 characters (lessons.md, 2.4). */
const SECRET_BYTES = 32;

/** Whatever may be a token or inbound secret: none of them is stored, so none can be looked for. */
export const CREDENTIAL_SHAPE = /(?<![\w-])[\w-]{43}(?![\w-])/g;

/** Where the agent finds them, below `WORKSPACE_CONFIG_PATH` (lessons.md, 2.5). */
const TOKEN_FILE = '.auth_token';
const INBOUND_SECRET_FILE = '.inbound_secret';

/** Names of the files that hold credentials; their text is made anew for each start and shown nowhere. */
export const CREDENTIAL_FILES: readonly string[] = [TOKEN_FILE, INBOUND_SECRET_FILE];

/**
 * A new token, and the inbound secret of the attempt: `sealed` is what was stored for an earlier start of it, so that it stays the same.
 * Throws when that was sealed with another installation key.
 */
export function mintCredentials(
  { workspaceUid, attempt }: AttemptKey,
  sealed: string | undefined,
  { key, randomBytes }: MintServices,
): Minted {
  const token = newSecret(randomBytes);
  const inboundSecret = sealed === undefined ? newSecret(randomBytes) : key.unseal(sealed);
  return {
    credentials: {
      workspaceUid,
      attempt,
      tokenHash: sha256Hex(token),
      sealedInboundSecret: sealed ?? key.seal(inboundSecret),
      isBootstrap: false,
    } as MintedCredentials,
    ...{ token, inboundSecret },
    files: { [TOKEN_FILE]: token, [INBOUND_SECRET_FILE]: inboundSecret },
  };
}

/**
 * For an instance that fetches its bundle: the token that is in its user data, the same for every call of the attempt, and no
 * files. What it fetches has credentials of `mintCredentials`.
 */
export function mintBootstrap(
  { workspaceUid, attempt, launchToken }: BootstrapKey,
  sealed: string | undefined,
  { key, randomBytes }: MintServices,
): Pick<Minted, 'credentials' | 'files'> {
  return {
    credentials: {
      workspaceUid,
      attempt,
      tokenHash: sha256Hex(key.bootstrapToken(launchToken)),
      sealedInboundSecret: sealed ?? key.seal(newSecret(randomBytes)),
      isBootstrap: true,
    } as MintedCredentials,
    files: {},
  };
}

function newSecret(randomBytes: RandomBytes): string {
  return Buffer.from(randomBytes(SECRET_BYTES)).toString('base64url');
}

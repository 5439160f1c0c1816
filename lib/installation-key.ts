import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createSecretKey,
  hkdfSync,
  type KeyObject,
} from 'node:crypto';
import { canonicalJson } from './hash.ts';

/** Bytes of an installation key: as many as AES-256 and HMAC-SHA-256 make use of. */
export const INSTALLATION_KEY_BYTES = 32;

/** First byte of a sealed text; another way of sealing gets another number. */
const VERSION = 1;
/** NIST SP 800-38D, 5.2.1.1: the length of a nonce that GCM is made for. */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEADER_BYTES = 1 + NONCE_BYTES + TAG_BYTES;
const CIPHER = 'aes-256-gcm';
const DERIVED_BYTES = 32;

/** Answers `size` random bytes, fit for cryptography. */
export type RandomBytes = (size: number) => Uint8Array;

/**
 * The secret of one installation. Every purpose has a key of its own, derived by HKDF-SHA-256 (RFC 5869), so that what
 * is known of one says nothing of another.
 */
export class InstallationKey {
  /** Tells two keys apart and gives nothing away: SHA-256 of a derived value, 64 hexadecimal characters. */
  readonly fingerprint: string;
  readonly #randomBytes: RandomBytes;
  readonly #hashKey: KeyObject;
  readonly #sealKey: KeyObject;
  readonly #bootstrapKey: KeyObject;

  /** Throws when `bytes` are not exactly `INSTALLATION_KEY_BYTES`. They are not kept and may be overwritten. */
  constructor(bytes: Uint8Array, randomBytes: RandomBytes) {
    if (bytes.length !== INSTALLATION_KEY_BYTES) {
      throw new RangeError(`an installation key has ${INSTALLATION_KEY_BYTES} bytes`);
    }
    this.#randomBytes = randomBytes;
    this.#hashKey = createSecretKey(derive(bytes, 'keyed hash'));
    this.#sealKey = createSecretKey(derive(bytes, 'seal'));
    this.#bootstrapKey = createSecretKey(derive(bytes, 'bootstrap'));
    this.fingerprint = createHash('sha256').update(derive(bytes, 'fingerprint')).digest('hex');
  }

  /**
   * HMAC-SHA-256 of any JSON value, independent of the order of keys; 64 hexadecimal characters. Without the key nobody
   * can guess a short secret from it (docs/adr/0004).
   */
  keyedHash(value: unknown): string {
    return createHmac('sha256', this.#hashKey).update(canonicalJson(value)).digest('hex');
  }

  /**
   * What a new instance shows to get its bundle (design §10): 43 characters, base64url. It follows from the launch token, so
   * a replayed launch carries the same, and nobody who reads the launch token from a tag can compute it.
   */
  bootstrapToken(launchToken: string): string {
    return createHmac('sha256', this.#bootstrapKey).update(launchToken).digest('base64url');
  }

  /** Text that only this key opens, base64; sealing twice gives two texts. */
  seal(text: string): string {
    const nonce = this.#randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, this.#sealKey, nonce, { authTagLength: TAG_BYTES });
    cipher.setAAD(Uint8Array.of(VERSION));
    const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([Uint8Array.of(VERSION), nonce, cipher.getAuthTag(), body]).toString(
      'base64',
    );
  }

  /** What was sealed. Throws, without any content, when `sealed` is damaged, cut or was sealed with another key. */
  unseal(sealed: string): string {
    const bytes = Buffer.from(sealed, 'base64');
    // Decoding skips what is no base64: a text that does not come out the same is not what was stored.
    if (bytes.length < HEADER_BYTES || bytes.toString('base64') !== sealed) {
      throw new Error('unsealing: not a sealed text');
    }
    if (bytes[0] !== VERSION) {
      throw new Error('unsealing: sealed in a way that this version does not know');
    }
    return this.#open(bytes);
  }

  #open(bytes: Buffer): string {
    const nonce = bytes.subarray(1, 1 + NONCE_BYTES);
    const decipher = createDecipheriv(CIPHER, this.#sealKey, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(bytes.subarray(0, 1));
    decipher.setAuthTag(bytes.subarray(1 + NONCE_BYTES, HEADER_BYTES));
    const body = decipher.update(bytes.subarray(HEADER_BYTES));
    try {
      return Buffer.concat([body, decipher.final()]).toString('utf8');
    } catch (error) {
      throw new Error('unsealing: damaged, or sealed with another installation key', {
        cause: error,
      });
    }
  }
}

/** The purpose is a part of what is derived; changing its text makes everything unreadable that was made with it. */
function derive(bytes: Uint8Array, purpose: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', bytes, '', `treeline ${purpose}`, DERIVED_BYTES));
}

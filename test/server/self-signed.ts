import { generateKeyPairSync, sign } from 'node:crypto';

/** A certificate for a TLS listener of a test, and its key, as PEM; clients must not check who signed it. */
export function makeSelfSigned(): { readonly cert: string; readonly key: string } {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const nobody = der(0x30);
  const body = der(
    0x30,
    der(0x02, Buffer.from([1])),
    ED25519,
    nobody,
    der(0x30, der(0x17, Buffer.from('200101000000Z')), der(0x17, Buffer.from('491231235959Z'))),
    nobody,
    publicKey.export({ type: 'spki', format: 'der' }),
  );
  const signature = Buffer.concat([Buffer.from([0]), sign(null, body, privateKey)]);
  const certificate = der(0x30, body, ED25519, der(0x03, signature));
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${certificate.toString('base64')}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

/** The algorithm identifier 1.3.101.112 (RFC 8410). */
const ED25519 = der(0x30, der(0x06, Buffer.from([0x2b, 0x65, 0x70])));

/** One value in DER: tag, length, content. */
function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const length =
    content.length < 0x80 ? [content.length] : [0x82, content.length >> 8, content.length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
}

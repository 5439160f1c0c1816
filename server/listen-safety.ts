import { BlockList, isIP } from 'node:net';

/** Where the server listens. */
export interface ListenOptions {
  /** Address or name, e.g. `127.0.0.1`. */
  readonly host: string;
  readonly port: number;
  /** PEM texts. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** How clients reach it through a proxy that ends TLS, e.g. `https://treeline.example.com`. */
  readonly publicUrl?: string;
}

/** Who may ask, as far as it decides where the server may listen. */
export interface ListenAuthentication {
  readonly authentication: 'none' | 'tokens';
  readonly allowWithoutToken: boolean;
}

/**
 * Throws when the listener would send tokens in the clear, or let anybody be an operator (design §10 and §13):
 * beyond loopback it needs TLS files or an https public URL, and tokens.
 */
export function assertListenIsSafe(listen: ListenOptions, who: ListenAuthentication): void {
  if (isLoopback(listen.host)) {
    return;
  }
  if (who.authentication === 'none' || who.allowWithoutToken) {
    throw new Error(
      `listening on ${listen.host}: without tokens everybody who reaches it is an operator; ` +
        'require tokens, or listen on 127.0.0.1',
    );
  }
  if (listen.tls === undefined && listen.publicUrl?.startsWith('https://') !== true) {
    throw new Error(
      `listening on ${listen.host}: beyond loopback tokens would travel unencrypted; ` +
        'give TLS files, or the https public URL of a proxy in front, or listen on 127.0.0.1',
    );
  }
}

/** True for `localhost`, 127.0.0.0/8 and ::1 (with or without brackets). Other names are not resolved: they may change. */
export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  if (bare === 'localhost') {
    return true;
  }
  const family = isIP(bare);
  return family !== 0 && loopbackAddresses().check(bare, family === 6 ? 'ipv6' : 'ipv4');
}

function loopbackAddresses(): BlockList {
  const list = new BlockList();
  list.addSubnet('127.0.0.0', 8, 'ipv4');
  list.addAddress('::1', 'ipv6');
  return list;
}

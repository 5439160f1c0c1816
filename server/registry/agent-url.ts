import { isIP } from 'node:net';
import { refuseAddress, type AgentNetwork } from './address-ranges.ts';

/** Every address of a host name. Rejects when there is none. */
export type ResolveHost = (host: string) => Promise<readonly string[]>;

export type UrlVerdict =
  | {
      readonly url: string;
      /** Every address of its host; all of them were checked. */
      readonly addresses: readonly string[];
    }
  | { readonly refusal: string };

/** Why no agent may listen at `text`, as far as the text alone tells: its form, an address in it, a name of this machine. */
export function refuseUrlText(text: string, network: AgentNetwork): string | undefined {
  const url = URL.parse(text);
  return url === null ? NO_URL : (refuseForm(url) ?? refuseHostText(hostOf(url), network));
}

/**
 * Whether an agent may say that it listens at `text`, so that nobody can make others call what only the controller's
 * network reaches. `url` is as the WHATWG parser understood it, which also turns `0x7f.1` or `2130706433` into the address
 * they mean. What the name resolves to may change later: who calls the agent checks again, and connects to
 * `addresses`.
 */
export async function checkAgentUrl(
  text: string,
  network: AgentNetwork,
  resolveHost: ResolveHost,
): Promise<UrlVerdict> {
  const url = URL.parse(text);
  const refusal = refuseUrlText(text, network);
  if (url === null || refusal !== undefined) {
    return { refusal: refusal ?? NO_URL };
  }
  const addresses = await addressesOf(hostOf(url), resolveHost);
  const unsafe = refuseAddresses(addresses, network);
  return unsafe === undefined ? { url: toText(url), addresses } : { refusal: unsafe };
}

const NO_URL = 'is no URL';
const THIS_MACHINE = ['127.0.0.1', '::1'];

async function addressesOf(host: string, resolveHost: ResolveHost): Promise<readonly string[]> {
  if (isIP(host) !== 0) {
    return [host];
  }
  return isThisMachine(host) ? THIS_MACHINE : await resolveHost(host).catch(() => []);
}

function refuseForm(url: URL): string | undefined {
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    return 'must begin with http:// or https://';
  }
  if (url.username !== '' || url.password !== '') {
    return 'must not hold a user or a password';
  }
  return url.port === '0' ? 'must not name port 0' : undefined;
}

/** Without the brackets of IPv6. */
function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[(.*)\]$/, '$1');
}

/** By definition this machine (RFC 6761); asking a name server would leave it to somebody else. */
function isThisMachine(host: string): boolean {
  return /^(?:.*\.)?localhost\.?$/.test(host);
}

function refuseHostText(host: string, network: AgentNetwork): string | undefined {
  if (isIP(host) !== 0) {
    return refuseAddress(host, network);
  }
  return isThisMachine(host) && network !== 'local' ? 'names this machine' : undefined;
}

function refuseAddresses(addresses: readonly string[], network: AgentNetwork): string | undefined {
  if (addresses.length === 0) {
    return 'has a host name that does not resolve';
  }
  const refusal = addresses
    .map((address) => refuseAddress(address, network))
    .find((one) => one !== undefined);
  return refusal && `has a host name with an address that ${refusal}`;
}

/** Without a fragment, and without the slash that the parser adds. */
function toText(url: URL): string {
  const path = url.pathname === '/' && url.search === '' ? '' : `${url.pathname}${url.search}`;
  return `${url.origin}${path}`;
}

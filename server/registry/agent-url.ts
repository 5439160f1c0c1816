import { isIP } from 'node:net';
import { refuseAddress, type AgentNetwork } from './address-ranges.ts';

/** Every address of a host name. Rejects when there is none. */
export type ResolveHost = (host: string) => Promise<readonly string[]>;

export type UrlVerdict = { readonly url: string } | { readonly refusal: string };

/**
 * Whether an agent may say that it listens at `text`, so that nobody can make others call what only the controller's
 * network reaches. `url` is as the WHATWG parser understood it, which also turns `0x7f.1` or `2130706433` into the address
 * they mean. What the name resolves to may change later: who calls the agent checks the address again.
 */
export async function checkAgentUrl(
  text: string,
  network: AgentNetwork,
  resolveHost: ResolveHost,
): Promise<UrlVerdict> {
  const url = URL.parse(text);
  const refusal =
    url === null ? 'is no URL' : (refuseForm(url) ?? (await refuseHost(url, network, resolveHost)));
  return url === null || refusal !== undefined
    ? { refusal: refusal ?? 'is no URL' }
    : { url: toText(url) };
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

async function refuseHost(
  { hostname }: URL,
  network: AgentNetwork,
  resolveHost: ResolveHost,
): Promise<string | undefined> {
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  if (isIP(host) !== 0) {
    return refuseAddress(host, network);
  }
  // By definition this machine (RFC 6761); asking a name server would leave it to somebody else.
  if (/^(?:.*\.)?localhost\.?$/.test(host)) {
    return network === 'local' ? undefined : 'names this machine';
  }
  return await refuseName(host, network, resolveHost);
}

async function refuseName(
  host: string,
  network: AgentNetwork,
  resolveHost: ResolveHost,
): Promise<string | undefined> {
  const addresses = await resolveHost(host).catch(() => []);
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

import { BlockList, isIP } from 'node:net';

/** Where agents may listen: `local`: this machine and private networks; `private`: private networks; `public`: neither. */
export type AgentNetwork = 'local' | 'private' | 'public';

type Range = readonly [address: string, prefix: number];

/** Never an agent, wherever Treeline runs (IANA special-purpose registries; lessons.md, 2.4). */
const NEVER: readonly Range[] = [
  ['0.0.0.0', 8], // this network, unspecified
  ['100.64.0.0', 10], // carrier NAT; also the metadata address of one cloud
  ['168.63.129.16', 32], // metadata of Azure
  ['169.254.0.0', 16], // link-local; the metadata address of most clouds
  ['192.0.0.0', 24], // protocol assignments; metadata of Oracle
  ['192.0.2.0', 24], // documentation
  ['192.88.99.0', 24], // 6to4 relay
  ['198.18.0.0', 15], // benchmarks
  ['198.51.100.0', 24], // documentation
  ['203.0.113.0', 24], // documentation
  ['224.0.0.0', 4], // multicast
  ['240.0.0.0', 4], // reserved, broadcast
  ['::', 96], // unspecified, IPv4-compatible
  ['64:ff9b::', 96], // NAT64: an IPv4 address in disguise
  ['64:ff9b:1::', 48],
  ['100::', 64], // discard
  ['2001::', 23], // protocol assignments, Teredo
  ['2001:db8::', 32], // documentation
  ['2002::', 16], // 6to4: an IPv4 address in disguise
  ['3fff::', 20], // documentation
  ['5f00::', 16], // segment routing
  ['fc00::', 8], // not assigned
  ['fd00:ec2::', 32], // metadata of AWS
  ['fd20:ce::', 32], // metadata of Google
  ['fe80::', 10], // link-local
  ['fec0::', 10], // site-local
  ['ff00::', 8], // multicast
];
const LOOPBACK: readonly Range[] = [
  ['127.0.0.0', 8],
  ['::1', 128],
];
const PRIVATE: readonly Range[] = [
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['fd00::', 8],
];

const never = toBlockList(NEVER);
const loopback = toBlockList(LOOPBACK);
const privateNetworks = toBlockList(PRIVATE);

/**
 * Why no agent may listen at this IP address; undefined when it may. IPv4 within IPv6 (`::ffff:…`) counts as what it is,
 * and a zone (`%eth0`) changes nothing. What is no IP address is refused.
 */
export function refuseAddress(address: string, network: AgentNetwork): string | undefined {
  const [plain = ''] = address.split('%');
  const family = isIP(plain) === 6 ? 'ipv6' : 'ipv4';
  if (isIP(plain) === 0) {
    return 'is no IP address';
  }
  if (loopback.check(plain, family)) {
    return network === 'local' ? undefined : 'is a loopback address';
  }
  if (never.check(plain, family)) {
    return 'is in a range that no agent may use';
  }
  return network === 'public' && privateNetworks.check(plain, family)
    ? 'is a private address'
    : undefined;
}

function toBlockList(ranges: readonly Range[]): BlockList {
  const list = new BlockList();
  for (const [address, prefix] of ranges) {
    list.addSubnet(address, prefix, isIP(address) === 6 ? 'ipv6' : 'ipv4');
  }
  return list;
}

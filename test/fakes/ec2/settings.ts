/** Far more than anybody launches; JSON has no infinity. */
export const UNLIMITED = 1_000_000_000;

/** What may be changed while the fake runs, by `configure` or by the administrator's page. Each has its default. */
export interface Ec2Settings {
  /** Whether the documented buckets refuse what comes too fast. Default true. */
  readonly throttling: boolean;
  /** The share of every bucket that somebody else in the account uses up: 0 to 1. Default 0. */
  readonly neighbourShare: number;
  /** vCPUs that may be pending or running at once. Default `UNLIMITED`. */
  readonly vcpuQuota: number;
  /** How many instances of a type a zone has room for at once, by `<type>/<zone>`. Default: as many as one likes. */
  readonly capacity: Readonly<Record<string, number>>;
  /** `<type>/<zone>`: types that a zone does not offer. Default none. */
  readonly unsupported: readonly string[];
  /** How long a launch or start is `pending`. Default 0. */
  readonly pendingSeconds: number;
  /** Default 0. */
  readonly stoppingSeconds: number;
  /** Default 0. */
  readonly shuttingDownSeconds: number;
  /** How long a terminated instance is still shown. Default 3600. */
  readonly terminatedVisibleSeconds: number;
  /** How long the token of a terminated instance is still known. Default 86,400. */
  readonly tokenMemorySeconds: number;
  /** How far a read may lag behind with ids of instances and volumes. Default 0. */
  readonly idLagSeconds: number;
  /** How far a read may lag behind with tags. Default 0. */
  readonly tagLagSeconds: number;
  /** The share of reads that lag: below 1 they flicker. Default 1. */
  readonly staleReadChance: number;
  /** Actions that the caller may not call. Default none. */
  readonly deniedActions: readonly string[];
  /** How long after its signature a request is still accepted, and how late a late call may land. Default 900. */
  readonly callLifetimeSeconds: number;
  /** Whether `X-Amz-Date` is held against the fake's time. Default: true on the wall clock, false on a given one. */
  readonly signingTime: boolean;
}

export const DEFAULT_SETTINGS: Ec2Settings = {
  throttling: true,
  neighbourShare: 0,
  vcpuQuota: UNLIMITED,
  capacity: {},
  unsupported: [],
  pendingSeconds: 0,
  stoppingSeconds: 0,
  shuttingDownSeconds: 0,
  terminatedVisibleSeconds: 3600,
  tokenMemorySeconds: 86_400,
  idLagSeconds: 0,
  tagLagSeconds: 0,
  staleReadChance: 1,
  deniedActions: [],
  callLifetimeSeconds: 900,
  signingTime: true,
};
/** Reads settings from outside. Throws `TypeError`, naming every one that does not exist or is of another type. */
export function parseSettings(given: unknown): Partial<Ec2Settings> {
  if (typeof given !== 'object' || given === null) {
    throw new TypeError('settings are an object');
  }
  const wrong = Object.entries(given).filter(
    ([name, value]) => !(name in DEFAULT_SETTINGS) || kindOf(value) !== kindOf(defaultOf(name)),
  );
  if (wrong.length > 0) {
    throw new TypeError(`no such setting: ${wrong.map((one) => JSON.stringify(one)).join(', ')}`);
  }
  return given;
}

function defaultOf(name: string): unknown {
  return DEFAULT_SETTINGS[name as keyof Ec2Settings];
}

function kindOf(value: unknown): string {
  return Array.isArray(value) ? 'array' : typeof value;
}

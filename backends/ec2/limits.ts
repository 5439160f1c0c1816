import { CALL_SECONDS } from '../backend.ts';

/**
 * Seconds for which a new instance or tag may be missing from an answer: an id may be invisible «for minutes», and the
 * vendor's advice is to back off for up to five (EC2 developer guide, "Eventual consistency").
 */
export const SETTLE_SECONDS = 300;

/**
 * A signed request is refused (`RequestExpired`) when it arrives more than 15 minutes after its signature. A launch is
 * counted, waits up to 5 s for its turn (bucket-table.ts), and is signed within the 10 s that its request may take; the rest
 * is for a clock that is ahead, of which `treeline doctor` warns from 5 s on.
 */
export const CALL_LIFETIME_SECONDS = 900 + 5 + 10 + 15;

/** One paginated list for the whole fleet: two calls a minute and one more for each further thousand instances. */
export const LIST_INTERVAL_SECONDS = 30;

/** The most that one page of DescribeInstances holds (EC2 API Reference, MaxResults). */
export const PAGE_SIZE = 1000;

/** The same of DescribeVolumes. */
export const VOLUME_PAGE_SIZE = 500;

/** Values that one filter takes (EC2 API Reference, "Filtering"). */
export const VALUES_PER_FILTER = 200;

/** For how long a type in a zone, or a subnet, is not asked again after it had no room. */
export const AVOID_FULL_SECONDS = 180;

/** The same for a type that the zone does not offer at all: what a zone offers changes rarely. */
export const AVOID_UNSUPPORTED_SECONDS = 3600;

/** What a tag's value may hold (EC2 User Guide, "Tag restrictions"). */
export const TAG_VALUE_LENGTH = 256;

/** A connection that is not made by then is not made at all: the endpoint is in the same Region as a rule. */
export const CONNECTION_MILLISECONDS = 5_000;

/** The longest that one request may take, its answer read. RunInstances answers within a few seconds. */
export const REQUEST_MILLISECONDS = CALL_SECONDS * 1000;

/** Tries of a read, the first included; mutating calls are sent once, since replays are ours to count. */
export const READ_TRIES = 3;

/** More calls at once queue invisibly inside the SDK, after their signature. The largest bucket allows 100 in a burst. */
export const SOCKETS = 200;

/** What EC2 keeps of a console (EC2 API Reference, GetConsoleOutput). */
export const CONSOLE_BYTES = 64 * 1024;

/** After a throttle whose lane does not say how long. */
export const THROTTLED_SECONDS = 5;

/**
 * Every number of the directory source, in one place. Those that an operator may set are the defaults of
 * `DirectorySourceOptions`.
 */

/** Seconds between complete rescans; the truth, since watches go quiet without an error (design §11). */
export const RESCAN_SECONDS = 30;

/** Seconds between the two complete looks that must both lack an object before it counts as removed (design §4). */
export const SECOND_LOOK_SECONDS = 5;

/**
 * Quiet time after a hint before the file is read. Editors and Git write a file as create, write, rename within
 * a few milliseconds; reading between these steps would only find half of it.
 */
export const DEBOUNCE_MS = 20;

/** A file that is written without a pause is read after this time all the same. */
export const DEBOUNCE_AT_MOST_MS = 200;

/** Least time from the end of one rescan to the next that a hint asks for: `git checkout` gives thousands of hints. */
export const RESCAN_SPACING_MS = 200;

/** More hinted paths than this at once, and looking at everything is cheaper than looking at each of them. */
export const MANY_HINTS = 500;

/** Wait after the first failed call to the store, doubling up to the interval of the rescans. */
export const RETRY_SECONDS = 1;

/** Fewer objects than this may all but one vanish without holding: a small folder is emptied by hand (design §4). */
export const HELD_FROM_OBJECTS = 5;

/** Hexadecimal characters of a digest: 48 bits, short enough to type, too long to hit by chance. */
export const DIGEST_LENGTH = 12;

/** One file of a content folder. Prompts and scripts are kilobytes; a database row holds them all (1 MiB). */
export const MAX_CONTENT_FILE_BYTES = 1024 * 1024;

/** Files of one object's content folders together; as many as `files[].inline` may name. */
export const MAX_CONTENT_FILES = 200;

/** Text of one object's content folders together: it travels in one bundle and lies in one row (4 MiB). */
export const MAX_CONTENT_BYTES = 4 * 1024 * 1024;

/**
 * A file changed less than this before it was read may change again without a visible difference: file systems
 * stamp times in steps of up to 2 s (FAT), so its stamp is not trusted and the next look reads it again.
 */
export const RECENT_CHANGE_MS = 2000;

/** File system calls in flight: more than the 4 threads of libuv's pool, so that none of them waits for us. */
export const PARALLEL_CALLS = 32;

/** Problems shown to people; the rest is counted. A row of the store and a screen have an end. */
export const MAX_PROBLEMS_SHOWN = 100;

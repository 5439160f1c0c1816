/** Every number of the secrets folder, in one place. */

/** Between two looks at everything. Half of what a person may notice; the watch answers sooner (issue: 1 s in all). */
export const POLL_MS = 1000;

/** Least time between two looks: one `kubectl apply` or `git checkout` gives hundreds of hints. */
export const LOOK_SPACING_MS = 20;

/**
 * Quiet time before a change is published. Tools write a file as truncate, write, rename within a few milliseconds, and
 * a person who changes two keys wants one restart.
 */
export const QUIET_MS = 100;

/**
 * Least time between two published changes, and the longest that a folder which is never quiet is waited for: twenty
 * changes in a second are at most two restarts.
 */
export const PUBLISH_SPACING_MS = 1000;

/** One file, and all keys of one secret together: what the API server of Kubernetes takes (1 MiB). */
export const MAX_SECRET_BYTES = 1024 * 1024;

/** Looks at a folder that changes while it is read for the first time, before what was read is taken as it is. */
export const FIRST_LOOKS = 5;

/** Problems of one secret that a message names; the rest is counted. */
export const MAX_PROBLEMS_NAMED = 5;

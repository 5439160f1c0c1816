/**
 * Seconds for which a launch may take effect after it was sent. A call ends with its process or after
 * `START_WAIT_SECONDS`; one that was held up for longer (SIGSTOP, a machine put to sleep) refuses itself, and what slips
 * through meets the tombstone of its attempt or the folder of a newer one.
 */
export const CALL_LIFETIME_SECONDS = 60;

/** How long a launch or start waits for its supervisor; a Node process starts within 0.1 to 3 s, also on a busy machine. */
export const START_WAIT_SECONDS = 15;

/** Between two looks while waiting: far below the 100 ms in which a supervisor starts. */
export const POLL_MILLISECONDS = 10;

/** `stopGracePeriod` of a class that names none; what Docker gives by default. */
export const DEFAULT_STOP_GRACE_SECONDS = 10;

/** A log is rotated at this size; one old file is kept. */
export const LOG_ROTATION_BYTES = 10 * 1024 * 1024;

/** Evidence of an exit: the contract of `InstanceExit.log`. */
export const EXIT_LOG_BYTES = 4 * 1024;

/** The most that `readLog` answers, so that one line without an end cannot fill the memory. */
export const READ_LOG_BYTES = 1024 * 1024;

/** How long processes that got SIGKILL may take; only an uninterruptible system call takes longer than milliseconds. */
export const KILL_WAIT_SECONDS = 5;

/** Instances read in one go before other work of the process gets its turn: about 2 ms. */
export const INSTANCES_PER_SLICE = 32;

/**
 * How often a supervisor looks whether somebody marked its instance for the end and died before it could say so. Two
 * system calls a second; a signal comes at once in the ordinary case.
 */
export const MARK_LOOK_MILLISECONDS = 1000;

/** Looks in a row that must miss the folder of the instance: one alone may be a disk that stumbles. */
export const MISSING_LOOKS = 3;

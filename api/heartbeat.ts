/**
 * Seconds without a sign of life before an agent counts as lost.
 * 180, not 60: a busy agent's event loop stalls for 60-120 s (lessons.md, P17).
 */
export const HEARTBEAT_LOST_AFTER_SECONDS = 180;

/** The same of an agent that runs elsewhere (lessons.md, 2.3): nobody restarts it, so a mistake costs no more than a word. */
export const EXTERNAL_LOST_AFTER_SECONDS = 90;

/** A change that somebody waits for is taken before a key that the resync looks at once more. */
export type Priority = 'user' | 'resync';

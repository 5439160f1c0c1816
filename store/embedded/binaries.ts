import { access, constants } from 'node:fs/promises';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';

/** Absolute paths of the programs that make and run a server. */
export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

/**
 * The programs of the optional package for this machine. The package exports their paths and nothing else.
 * Throws `EmbeddedPostgresError` where there is none: not Linux, another processor, or optional packages left out.
 */
export async function findBinaries(platform: string, architecture: string): Promise<Binaries> {
  if (platform !== 'linux') {
    // Ending the server with its controller needs flock and the death signal, which only Linux has.
    throw new EmbeddedPostgresError(`it runs on Linux only, this is ${platform}`, 'use Linux');
  }
  const name = `@embedded-postgres/${platform}-${architecture}`;
  try {
    const { initdb, postgres } = (await import(name)) as Binaries;
    await Promise.all([initdb, postgres].map((path) => access(path, constants.X_OK)));
    return { initdb, postgres };
  } catch (cause) {
    throw new EmbeddedPostgresError(
      `the package ${name} is not installed`,
      'install with optional packages (npm ci without --omit=optional)',
      { cause },
    );
  }
}

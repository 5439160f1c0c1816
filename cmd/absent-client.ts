import type { Client } from './client.ts';
import { CliError } from './cli-error.ts';
import { EXIT } from './exit-codes.ts';

/** Of a data folder that no controller has run with: every call says so, and nothing is sent to anybody. */
export function createAbsentClient(dataDir: string): Client {
  const refuse = (): never => {
    throw new CliError(
      `no controller has run with the data folder ${dataDir}: run one with \`treeline run --data-dir ${dataDir}\`, correct the folder, or give --server`,
      EXIT.noServer,
    );
  };
  return {
    server: '',
    call: () => Promise.resolve().then(refuse),
    stream: refuse,
    streamLines: refuse,
  };
}

import type {
  BackendInfo,
  GarbageAnswer,
  Readiness,
  Source,
  Version,
} from '../../server/contract-operations.ts';
import type { Client } from '../client.ts';
import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-codes.ts';
import { PATHS } from '../paths.ts';
import { failure, ok, warning, type Finding } from './finding.ts';

/** What a controller says of itself: whether it answers, its loops, sources, backends and the breaker. */
export async function checkApi(client: Client, ownVersion: string): Promise<Finding[]> {
  try {
    const version = await client.call<Version>(PATHS.version);
    const reports = await Promise.all([
      client.call<Readiness>(PATHS.readiness, { expectedStatus: 503 }).then(judgeReadiness),
      client.call<{ items: readonly Source[] }>(PATHS.sources).then(judgeSources),
      client.call<{ items: readonly BackendInfo[] }>(PATHS.backends).then(judgeBackends),
      client.call<GarbageAnswer>(PATHS.garbage).then(judgeGarbage),
    ]);
    return [judgeVersion(client.server, version, ownVersion), ...reports.flat()];
  } catch (error) {
    return [explain(error)];
  }
}

function explain(error: unknown): Finding {
  if (!(error instanceof CliError) || error.exitCode === EXIT.interrupted) {
    throw error;
  }
  return error.exitCode === EXIT.noServer
    ? warning('controller', error.message, 'nothing is started, healed or ended meanwhile')
    : failure('controller', error.message, 'look at the log of the controller');
}

function judgeVersion(server: string, { version }: Version, ownVersion: string): Finding {
  return version === ownVersion
    ? ok('controller', `answers at ${server}, version ${version}`)
    : warning(
        'controller',
        `at ${server} is version ${version}, this command ${ownVersion}`,
        'use the same version on both sides',
      );
}

export function judgeReadiness({ ready, problems }: Readiness): Finding[] {
  return ready
    ? [ok('loops', 'all of them are well')]
    : problems.map((problem) => failure('loops', problem, 'look at the log of the controller'));
}

export function judgeSources({ items }: { readonly items: readonly Source[] }): Finding[] {
  return items.flatMap(({ name, state, problems, heldDigest, heldDeletions }) => {
    const what = `source ${name}`;
    const held =
      state === 'Held' && heldDigest !== undefined
        ? [
            warning(
              what,
              `holds ${heldDeletions.length} deletions back`,
              `bring the files back, or: treeline source confirm ${name} ${heldDigest}`,
            ),
          ]
        : [];
    const all = [...held, ...problems.map((problem) => warning(what, problem, 'correct the file'))];
    return all.length === 0 ? [ok(what, 'no problems')] : all;
  });
}

export function judgeBackends({ items }: { readonly items: readonly BackendInfo[] }): Finding[] {
  return items.map(({ name, available, message, instances }) =>
    available
      ? ok(`backend ${name}`, instances === undefined ? 'available' : `${instances} instances`)
      : failure(`backend ${name}`, message ?? 'not available', 'look at the log of the controller'),
  );
}

export function judgeGarbage({ entries, breaker }: GarbageAnswer): Finding[] {
  const unclaimed = entries.filter(({ decision }) => decision === 'unclaimed').length;
  return [
    ...(breaker.isOpen
      ? [failure('garbage', breaker.message ?? 'the breaker is open', 'see `treeline gc plan`')]
      : []),
    unclaimed === 0
      ? ok('garbage', 'nothing is unclaimed')
      : warning('garbage', `${unclaimed} instances are unclaimed`, 'see `treeline gc plan`'),
  ];
}

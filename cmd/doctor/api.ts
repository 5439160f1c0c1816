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
import { judgeClasses, listClasses, type ClassObject } from './classes.ts';
import { judgeLanes } from './lanes.ts';

/** What is known of an installation when its controller answers. */
export interface ApiCheck {
  readonly findings: readonly Finding[];
  readonly installationId?: string;
  readonly classes: readonly ClassObject[];
  /** The backends that it was started with. */
  readonly backends: readonly BackendInfo[];
}

/** What a controller says of itself: whether it answers, its loops, sources, backends, classes and the breaker. */
export async function checkApi(client: Client, ownVersion: string): Promise<ApiCheck> {
  try {
    const version = await client.call<Version>(PATHS.version);
    const [readiness, sources, backends, classes, garbage] = await Promise.all([
      client.call<Readiness>(PATHS.readiness, { expectedStatus: 503 }),
      client.call<{ items: readonly Source[] }>(PATHS.sources),
      client.call<{ items: readonly BackendInfo[] }>(PATHS.backends),
      listClasses(client),
      client.call<GarbageAnswer>(PATHS.garbage),
    ]);
    const findings = [
      judgeVersion(client.server, version, ownVersion),
      ...judgeReadiness(readiness),
      ...judgeSources(sources),
      ...judgeBackends(backends),
      ...judgeClasses(classes),
      ...judgeGarbage(garbage),
    ];
    const { installationId } = version;
    return { findings, installationId, classes, backends: backends.items };
  } catch (error) {
    return { findings: [explain(error)], classes: [], backends: [] };
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

/** One that has just started, or does not lead. */
const NOT_LISTED = 'configured; this controller has not listed it';

export function judgeBackends({ items }: { readonly items: readonly BackendInfo[] }): Finding[] {
  return items.flatMap(({ name, available, message, instances, lanes }) => [
    available
      ? ok(`backend ${name}`, instances === undefined ? NOT_LISTED : `${instances} instances`)
      : failure(`backend ${name}`, message ?? 'not available', 'look at the log of the controller'),
    ...(lanes === undefined ? [] : judgeLanes(name, lanes)),
  ]);
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

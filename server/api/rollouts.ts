import {
  DEFAULT_MAX_UNAVAILABLE,
  failureOf,
  stoppingFailure,
  takesPlace,
  type RolloutMember,
  type RolloutWord,
} from '../../api/rollout.ts';
import { CLUSTER_SCOPE, describeDeclaration } from '../../api/objects.ts';
import { inTransaction, type Db, type Transaction } from '../../store/db.ts';
import { findObject } from '../../store/objects.ts';
import { pauseRollout, resumeRollout, type RolloutTarget } from '../../store/rollout-words.ts';
import { readRollout, type RolloutScope } from '../../store/rollouts.ts';
import { rolloutSchema, type Rollout } from '../contract-rollouts.ts';
import type { ServerOptions } from '../options.ts';
import { notFound } from '../problem.ts';
import {
  nameParameter,
  namespaceParameter,
  pathParameters,
  type ApiServer,
} from '../route-schema.ts';

/** How changes reach the workspaces of a class or an Org, and a person's word on it (docs/adr/0007). */
export function registerRollouts(server: ApiServer, options: ServerOptions): void {
  for (const kind of ['WorkspaceClass', 'Org'] as const) {
    registerLook(server, options, kind);
    registerWord(server, options, { kind, verb: 'pause', say: pauseRollout });
    registerWord(server, options, { kind, verb: 'resume', say: resumeRollout });
  }
}

type Kind = RolloutTarget['kind'];

interface Word {
  readonly kind: Kind;
  readonly verb: 'pause' | 'resume';
  readonly say: (tx: Transaction, target: RolloutTarget, by: string) => Promise<void>;
}

const ADDRESSES = {
  WorkspaceClass: { path: '/api/v1/classes/:name/rollout', tag: 'classes', params: nameParameter },
  Org: {
    path: '/api/v1/namespaces/:ns/orgs/:name/rollout',
    tag: 'orgs',
    params: { ...namespaceParameter, ...nameParameter },
  },
} as const;

const SUMMARIES = {
  pause: 'Take nobody down for a change until it is resumed',
  resume: 'Let changes go on, and accept every failure there is now',
} as const;

function registerLook(server: ApiServer, { db }: ServerOptions, kind: Kind): void {
  const { path, tag, params } = ADDRESSES[kind];
  server.get(
    path,
    {
      schema: {
        tags: [tag],
        operationId: `getRollout_${tag}`,
        summary: 'Who is down or has failed, and what people said of it',
        params: pathParameters(params),
        response: { 200: rolloutSchema },
      },
    },
    async ({ params: named }) => await describeRollout(db, toTarget(kind, named)),
  );
}

function registerWord(
  server: ApiServer,
  { db, log }: ServerOptions,
  { kind, verb, say }: Word,
): void {
  const { path, tag, params } = ADDRESSES[kind];
  server.post(
    `${path}/${verb}`,
    {
      schema: {
        tags: [tag],
        operationId: `${verb}Rollout_${tag}`,
        summary: SUMMARIES[verb],
        params: pathParameters(params),
        response: { 200: rolloutSchema },
      },
    },
    async ({ params: named, operator }) => {
      const target = toTarget(kind, named);
      const answer = await inTransaction(db, async (tx) => {
        await say(tx, target, operator);
        return await describeRollout(tx, target);
      });
      log.info({ ...target, verb, operator }, 'spoke of rollouts');
      return answer;
    },
  );
}

function toTarget(
  kind: Kind,
  { ns = CLUSTER_SCOPE, name }: { readonly ns?: string; readonly name: string },
): RolloutTarget {
  return { kind, namespace: ns, name };
}

/** Throws a 404 `Problem` when there is no such class or Org. */
async function describeRollout(db: Db | Transaction, target: RolloutTarget): Promise<Rollout> {
  const { kind, namespace, name } = target;
  const found = await findObject(db, kind, namespace, name);
  if (found === undefined) {
    throw notFound(describeDeclaration(target));
  }
  const { uid, spec } = found;
  const facts = await readRollout(db, SCOPES[kind](name, uid));
  const maxUnavailable = spec.rollout?.maxUnavailable ?? DEFAULTS[kind];
  return {
    ...target,
    uid,
    ...(maxUnavailable !== undefined && { maxUnavailable }),
    ...describeWord(facts.org?.word ?? facts.classWord),
    down: facts.members.map((member) => describeMember(member, facts.now)),
  };
}

const SCOPES: Readonly<Record<Kind, (name: string, uid: string) => RolloutScope>> = {
  WorkspaceClass: (className) => ({ className, ownerUid: undefined }),
  Org: (_name, ownerUid) => ({ className: undefined, ownerUid }),
};

/** Where the spec does not say how many may be down; an Org then sets no limit. */
const DEFAULTS: Readonly<Record<Kind, number | undefined>> = {
  WorkspaceClass: DEFAULT_MAX_UNAVAILABLE,
  Org: undefined,
};

function describeWord({ pausedAt, pausedBy = '', resumedAt, resumedBy = '' }: RolloutWord) {
  return {
    ...(pausedAt !== undefined && { paused: { at: pausedAt, by: pausedBy } }),
    ...(resumedAt !== undefined && { resumed: { at: resumedAt, by: resumedBy } }),
  };
}

function describeMember(member: RolloutMember, now: Date): Rollout['down'][number] {
  const failure = failureOf(member, now);
  const stops = stoppingFailure(member, now) !== undefined;
  return {
    namespace: member.namespace,
    name: member.name,
    since: member.readySince.toISOString(),
    ...(failure && { failure: { at: failure.at.toISOString(), reason: failure.reason, stops } }),
    takesPlace: takesPlace(member, now),
  };
}

import { ConflictError } from '../../lib/errors.ts';
import { inTransaction } from '../../store/db.ts';
import {
  approveBreaker,
  approveGarbage,
  listGarbage,
  readBreaker,
  type BreakerRecord,
  type GarbageRecord,
} from '../../store/garbage.ts';
import {
  garbageAnswerSchema,
  garbageApprovalAnswerSchema,
  garbageApprovalSchema,
  type GarbageAnswer,
  type GarbageApproval,
} from '../contract-operations.ts';
import type { ServerOptions } from '../options.ts';
import { Problem, type ProblemReason } from '../problem.ts';
import type { ApiServer } from '../route-schema.ts';

/** Instances that belong to no record, and a person's word on them (design §7). */
export function registerGarbage(server: ApiServer, options: ServerOptions): void {
  const { db, log } = options;
  server.get(
    '/api/v1/garbage',
    {
      schema: {
        tags: ['garbage'],
        operationId: 'listGarbage',
        summary: 'Instances without a record, with the evidence, and the breaker',
        response: { 200: garbageAnswerSchema },
      },
    },
    async (): Promise<GarbageAnswer> => ({
      entries: (await listGarbage(db)).map(toEntry),
      breaker: toBreaker(await readBreaker(db)),
    }),
  );

  server.post(
    '/api/v1/garbage/approve',
    {
      schema: {
        tags: ['garbage'],
        operationId: 'approveGarbage',
        summary:
          'Approve the deletion of unclaimed instances by id, or of the list that the breaker halted',
        body: garbageApprovalSchema,
        response: { 200: garbageApprovalAnswerSchema },
      },
    },
    async ({ body, operator }) => {
      await approve(options, body, operator);
      log.info({ ...body, operator }, 'approved deletions');
      return {
        approved: body.instances?.length ?? 0,
        breakerApproved: body.breakerDigest !== undefined,
      };
    },
  );
}

/** All of it or nothing: whoever approves has seen one list. */
async function approve(
  { db }: ServerOptions,
  { instances = [], breakerDigest }: GarbageApproval,
  by: string,
): Promise<void> {
  await inTransaction(db, async (tx) => {
    for (const instance of instances) {
      await approveGarbage(tx, { ...instance, by }).catch((error: unknown) => {
        const name = `${instance.backend}/${instance.instanceId}`;
        throw refusal(error, 'NotUnclaimed', `${name} is not unclaimed; nothing was approved`);
      });
    }
    if (breakerDigest !== undefined) {
      await approveBreaker(tx, { digest: breakerDigest, by }).catch((error: unknown) => {
        const detail = 'the breaker halts another list by now, or none; look at it again';
        throw refusal(error, 'DigestMismatch', detail);
      });
    }
  });
}

function refusal(error: unknown, reason: ProblemReason, detail: string): unknown {
  return error instanceof ConflictError
    ? new Problem(409, reason, detail, { cause: error })
    : error;
}

function toEntry({ firstSeenAt, lastSeenAt, ...record }: GarbageRecord) {
  return {
    ...record,
    firstSeenAt: firstSeenAt.toISOString(),
    lastSeenAt: lastSeenAt.toISOString(),
  };
}

function toBreaker(record: BreakerRecord) {
  return { isOpen: record.reason !== undefined, ...record };
}

import {
  confirmHeldDeletions,
  findApplySet,
  listApplySets,
  type ApplySetRecord,
} from '../../store/apply-sets.ts';
import { inTransaction, type Transaction } from '../../store/db.ts';
import {
  sourceConfirmationSchema,
  sourceListSchema,
  sourceSchema,
  type Source,
} from '../contract-operations.ts';
import type { ServerOptions } from '../options.ts';
import { Problem, notFound } from '../problem.ts';
import { nameParameter, pathParameters, type ApiServer } from '../route-schema.ts';

/** What sources say of themselves, and a person's answer when one holds deletions back (design §4). */
export function registerSources(server: ApiServer, { db, log }: ServerOptions): void {
  server.get(
    '/api/v1/sources',
    {
      schema: {
        tags: ['sources'],
        operationId: 'listSources',
        summary: 'Every source that has reported, with its problems and what it holds back',
        response: { 200: sourceListSchema },
      },
    },
    async () => ({ items: (await listApplySets(db)).map(toSource) }),
  );

  server.post(
    '/api/v1/sources/:name/confirm',
    {
      schema: {
        tags: ['sources'],
        operationId: 'confirmSource',
        summary: 'Confirm exactly the held deletions with this digest',
        params: pathParameters(nameParameter),
        body: sourceConfirmationSchema,
        response: { 200: sourceSchema },
      },
    },
    async ({ params: { name }, body: { digest }, operator }) => {
      const confirmed = await inTransaction(db, async (tx) => {
        const isConfirmed = await confirmHeldDeletions(tx, { name, digest, by: operator });
        const source = await getSource(tx, name);
        if (!isConfirmed) {
          throw refusal(source);
        }
        return source;
      });
      log.info({ source: name, digest, operator }, 'confirmed held deletions');
      return confirmed;
    },
  );
}

async function getSource(tx: Transaction, name: string): Promise<Source> {
  const found = await findApplySet(tx, name);
  if (found === undefined) {
    throw notFound(`source ${name}`);
  }
  return toSource(found);
}

function refusal({ name, heldDigest }: Source): Problem {
  return heldDigest === undefined
    ? new Problem(409, 'NothingHeld', `source ${name} holds no deletions back`)
    : new Problem(
        409,
        'DigestMismatch',
        `source ${name} holds other deletions now (${heldDigest}); look at them again`,
      );
}

function toSource({ held, updatedAt, ...record }: ApplySetRecord): Source {
  return {
    ...record,
    problems: [...record.problems],
    ...(held && { heldDigest: held.digest }),
    heldDeletions: [...(held?.deletions ?? [])],
    updatedAt: updatedAt.toISOString(),
  };
}

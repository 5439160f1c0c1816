import { applySet } from '../../store/apply-set.ts';
import { inTransaction, type Transaction } from '../../store/db.ts';
import { isEditable } from '../../store/ownership.ts';
import { describeChanges } from '../change-description.ts';
import {
  applyAnswerSchema,
  applyRequestSchema,
  type ApplyAnswer,
  type ApplyRequest,
} from '../contract.ts';
import { parseDocuments } from '../documents.ts';
import type { ServerOptions } from '../options.ts';
import { Problem } from '../problem.ts';
import type { ApiServer } from '../route-schema.ts';

/** 10,000 documents of 6 kB, which is three times an ordinary one. */
const APPLY_BODY_LIMIT_BYTES = 64 * 1024 * 1024;
/** The set of whoever names none (design §4). */
const DEFAULT_APPLY_SET = 'cli';

/** Declaring many objects at once. */
export function registerApply(server: ApiServer, options: ServerOptions): void {
  server.post(
    '/api/v1/apply',
    {
      bodyLimit: APPLY_BODY_LIMIT_BYTES,
      schema: {
        tags: ['apply'],
        operationId: 'apply',
        summary:
          'Make the records of one apply set what the documents say; all documents must be valid',
        body: applyRequestSchema,
        response: { 200: applyAnswerSchema },
      },
    },
    async ({ body, operator }) => {
      const answer = await apply(options, body);
      logChanges(options, answer, operator);
      return answer;
    },
  );
}

async function apply(
  { db, installationId }: ServerOptions,
  request: ApplyRequest,
): Promise<ApplyAnswer> {
  const { applySet: set = DEFAULT_APPLY_SET, dryRun = false } = request;
  assertNotReserved(set);
  const declarations = parseDocuments(request);
  const work = async (tx: Transaction): Promise<ApplyAnswer['results']> => {
    const results = await applySet(tx, {
      installationId,
      applySet: set,
      declarations,
      prune: request.prune === true ? 'missing' : 'none',
      dryRun,
    });
    const changes = dryRun ? await describeChanges(tx, results, declarations) : [];
    return results.map(({ kind, namespace, name, result, reason, message }, index) => ({
      kind,
      namespace,
      name,
      action: result,
      ...(reason !== undefined && { reason }),
      ...(message !== undefined && { message }),
      ...changes[index],
    }));
  };
  return { applySet: set, dryRun, results: await inTransaction(db, work) };
}

/** A source owns its set alone: what it does not declare it would delete again. */
function assertNotReserved(set: string): void {
  if (!isEditable({ applySet: set })) {
    throw new Problem(
      409,
      'ReservedApplySet',
      `apply set ${set} belongs to a source; declare it there, or choose another name`,
    );
  }
}

function logChanges(
  { log }: ServerOptions,
  { applySet: set, dryRun, results }: ApplyAnswer,
  operator: string,
): void {
  const changed = results.filter(({ action }) => action !== 'unchanged' && action !== 'refused');
  if (!dryRun && changed.length > 0) {
    const counts = Object.fromEntries(
      [...Map.groupBy(changed, ({ action }) => action)].map(([action, list]) => [
        action,
        list.length,
      ]),
    );
    log.info({ applySet: set, operator, ...counts }, 'applied set');
  }
}

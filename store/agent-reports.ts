import { sql, type CompiledQuery } from 'kysely';
import { JUDGED, NEXT, PAUSE, USE_TOKENS, WRITE_REPORTS, saidWords } from './agent-word-steps.ts';
import { notifyAgentsSpoke } from './changes.ts';
import { inTransaction, type Db } from './db.ts';
import type { AcceptedWord, RefusalKind, WordAnswer } from './agent-words.ts';

interface AnswerRow extends Omit<AcceptedWord, 'kind'> {
  readonly ordinal: number;
  readonly verdict: 'ok' | RefusalKind;
}

/**
 * Takes what agents said, all in one statement, and answers each in the order given; `words` are texts of `toWordJson`.
 * Writes `agent_reports`, and `credentials` at the first use of a token; never `workspaces`. Tells the listeners of those
 * workspaces at which the reconciler should look at once, so a steady heartbeat writes one row and wakes nobody.
 * Two words of one workspace in a batch: the newer token's counts, of one token a register before a card before a heartbeat, of one
 * kind the last.
 */
export async function storeWords(db: Db, words: readonly string[]): Promise<readonly WordAnswer[]> {
  const { rows } = await writeWords(db, `[${words.join(',')}]`);
  const moved = rows.filter(({ isTransition }) => isTransition).map(({ uid }) => uid);
  if (moved.length > 0) {
    await inTransaction(db, (tx) => notifyAgentsSpoke(tx, moved));
  }
  return rows.toSorted((a, b) => a.ordinal - b.ordinal).map(toAnswer);
}

function toAnswer({ verdict, ...row }: AnswerRow): WordAnswer {
  if (verdict !== 'ok') {
    return { kind: verdict };
  }
  const { uid, attempt, phase, desiredState, configRevision, children, isTransition } = row;
  const desired = { phase, desiredState, configRevision, children };
  return { kind: 'ok', uid, attempt, ...desired, isTransition };
}

function writeWords(db: Db, words: string) {
  const { parameters, ...statement } = compiledFor(db);
  return db.executeQuery<AnswerRow>({ ...statement, parameters: parameters.with(WORDS_AT, words) });
}

/** The words are its first parameter. */
const WORDS_AT = 0;
const compiled = new WeakMap<Db, CompiledQuery<AnswerRow>>();

/** Once for each database: putting the text together anew for each batch cost a tenth of what a controller allocated (bench/heartbeats.ts). */
function compiledFor(db: Db): CompiledQuery<AnswerRow> {
  const statement = compiled.get(db) ?? compileFor(db);
  compiled.set(db, statement);
  return statement;
}

function compileFor(db: Db): CompiledQuery<AnswerRow> {
  return sql<AnswerRow>`
    /* prepared: agent-words */
    with recursive ${saidWords('')}, ${JUDGED}, ${NEXT}, ${WRITE_REPORTS}, ${USE_TOKENS}, ${PAUSE}
    select j.ordinal::int as ordinal, j.verdict, j.uid, j.attempt, j.phase, j.revision as "configRevision",
           case when p.is_paused then 'Paused'
                when j.claimed_at is not null then 'Hibernated'
                else 'Running' end as "desiredState",
           case when j.verdict = 'ok' then
             (select coalesce(jsonb_agg(jsonb_build_object('uid', k.uid, 'name', k.name) order by k.name), '[]')
                from workspaces k where k.parent_id = j.uid and k.deletion_requested_at is null)
           end as children,
           coalesce(n.is_news or n.is_degraded <> n.was_degraded, false) as "isTransition"
      from judged j
      left join pause p on p.uid = j.uid
      left join next n on n.ordinal = j.ordinal`.compile(db);
}

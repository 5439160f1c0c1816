import type { HeartbeatRequest } from '../../api/agent-messages.ts';
import type { HeartbeatWord } from '../../store/agent-words.ts';

/** US cents (lessons.md, 2.4). */
const MAX_SPEND_CENTS = 1e12;
/** An `integer` of PostgreSQL. */
const MAX_TASKS = 2 ** 31 - 1;
/** Characters that are kept of a text: enough to understand it, in 10,000 rows. */
const MAX_TEXT_LENGTH = 2_000;

/** What a heartbeat comes to: numbers are clamped and texts cut rather than refused, or a living agent would look lost. */
export function toHeartbeatWord(body: HeartbeatRequest): Omit<HeartbeatWord, 'tokenHash'> {
  const { uptime_seconds: uptime, runtime_metadata: metadata, config_revision: revision } = body;
  return {
    kind: 'heartbeat',
    uid: body.workspace_id,
    errorRate: clamp(body.error_rate, 1),
    ...textField('sampleError', body.sample_error && wholeWords(body.sample_error)),
    ...textField('currentTask', body.current_task),
    activeTasks: Math.trunc(clamp(body.active_tasks, MAX_TASKS)),
    ...(uptime !== undefined && { uptimeSeconds: clamp(uptime, Number.MAX_SAFE_INTEGER) }),
    monthlySpendCents: Math.round(clamp(body.monthly_spend, MAX_SPEND_CENTS)),
    runtimeState: body.runtime_state === 'wedged' ? 'wedged' : '',
    ...(metadata && { metadata }),
    ...(revision !== undefined && { configRevision: revision }),
  };
}

function clamp(value: number | undefined, max: number): number {
  return Math.min(Math.max(value ?? 0, 0), max);
}

/** An empty text says nothing. */
function textField<K extends string>(
  name: K,
  text: string | null | undefined,
): Partial<Record<K, string>> {
  return text ? ({ [name]: text.slice(0, MAX_TEXT_LENGTH) } as Record<K, string>) : {};
}

/** Who masks secrets in what is shown of a text would not recognise half of one at its end. */
function wholeWords(text: string): string {
  const cut = text.slice(0, MAX_TEXT_LENGTH);
  return cut === text ? text : cut.slice(0, cut.search(/\s\S*$/) + 1).trimEnd();
}

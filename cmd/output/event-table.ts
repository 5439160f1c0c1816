import { timeOfDay } from '../../lib/terminal-line.ts';
import type { ActivityEvent } from '../../server/contract-operations.ts';
import { formatAge } from './age.ts';
import { printable } from './style.ts';
import { columnWidths, renderRows } from './table.ts';

export interface EventView {
  readonly now: Date;
  /** Time of day instead of age: in a list that goes on, ages would be wrong soon. */
  readonly withTime: boolean;
  readonly withNamespace: boolean;
}

/** Room for names that come later: columns of a list that goes on do not move. */
const FIRST_WIDTHS = [8, 16, 10, 16];

const EVENT_HEADER = ['WORKSPACE', 'ACTION', 'REASON', 'MESSAGE'];

/** One line per event, oldest first. */
export function renderEvents(
  events: readonly ActivityEvent[],
  view: EventView & { readonly withHeader: boolean },
): string[] {
  const header = [view.withTime ? 'TIME' : 'AGE', ...EVENT_HEADER];
  const rows = [...(view.withHeader ? [header] : []), ...events.map((event) => rowOf(event, view))];
  const widths = columnWidths(rows);
  return renderRows(
    rows,
    view.withTime
      ? widths.map((width, index) => Math.max(width, FIRST_WIDTHS[index] ?? 0))
      : widths,
  );
}

function rowOf(event: ActivityEvent, { now, withTime, withNamespace }: EventView): string[] {
  const { at, namespace, name, action, reason, message } = event;
  return [
    withTime ? timeOfDay(at) : formatAge(at, now),
    withNamespace ? `${namespace}/${name}` : name,
    action,
    reason,
    printable(message),
  ];
}

import type { Style } from './style.ts';
import type { PaintedCell } from './table.ts';

/** How a phase looks: a mark in Unicode and in ASCII, and a colour. */
interface Look {
  readonly mark: string;
  readonly ascii: string;
  readonly color: 'green' | 'yellow' | 'red' | 'gray';
}

const RUNNING: Look = { mark: '●', ascii: '*', color: 'green' };
const MOVING: Look = { mark: '◌', ascii: 'o', color: 'yellow' };
const RESTING: Look = { mark: '‖', ascii: '=', color: 'gray' };
const BROKEN: Look = { mark: '✗', ascii: 'x', color: 'red' };

const LOOKS: Readonly<Record<string, Look>> = {
  Online: RUNNING,
  Paused: RESTING,
  Hibernated: RESTING,
  Degraded: { ...BROKEN, color: 'yellow' },
  Offline: BROKEN,
  Failed: BROKEN,
};

/** Every other phase is on its way to one of these. */
function lookOf(phase: string): Look {
  return LOOKS[phase] ?? MOVING;
}

export function paintPhase(phase: string, { colors }: Style): PaintedCell {
  return { text: phase, paint: colors[lookOf(phase).color] };
}

/** The phase behind its mark: `● Online`. */
export function paintMarkedPhase(phase: string, { colors, unicode }: Style): PaintedCell {
  const { mark, ascii, color } = lookOf(phase);
  return { text: `${unicode ? mark : ascii} ${phase}`, paint: colors[color] };
}

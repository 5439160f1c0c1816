import { landEffects } from './call.ts';
import { databaseLoss } from './database.ts';
import { collect } from './garbage.ts';
import { land } from './launch.ts';
import { list } from './look.ts';
import type { Move } from './move.ts';
import { pass } from './pass.ts';
import { edits } from './people.ts';
import { crash, takeOver } from './process.ts';
import { accidents, finishTerminating } from './provider.ts';
import { step } from './step.ts';
import { tick } from './time.ts';

/** Everything that can happen next. */
export const anything: Move = (world, setting, emit) => {
  for (const role of ['leader', 'stale'] as const) {
    step(world, role, setting, emit);
    pass(world, role, setting, emit);
    list(world, role, setting, emit);
    if (setting.collectors.includes(role)) {
      collect(world, role, setting, emit);
    }
  }
  for (const move of OF_THE_WORLD) {
    move(world, setting, emit);
  }
};

const OF_THE_WORLD: readonly Move[] = [
  land,
  landEffects,
  finishTerminating,
  accidents,
  edits,
  crash,
  takeOver,
  databaseLoss,
  tick,
];

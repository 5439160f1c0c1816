import type { Command } from 'commander';
import { fold } from './fold.ts';
import type { Bind } from '../verb.ts';

export function define(command: Command, bind: Bind): void {
  command
    .argument('<names...>', 'workspaces')
    .action(bind((context, typed) => fold(context, typed, false)));
}

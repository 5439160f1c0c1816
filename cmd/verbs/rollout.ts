import { Option, type Command } from 'commander';
import type { Bind } from '../verb.ts';
import { ROLLOUT_FORMATS, showRollout } from './rollout-status.ts';
import { pauseRollouts, resumeRollouts } from './rollout-words.ts';

export function define(command: Command, bind: Bind): void {
  withTarget(
    command
      .command('status')
      .description(
        'Show how far a change has come: who is updated, outdated, waiting, down or failed, and what holds it up; ends with code 1 when one has failed. Without a name: every class.',
      )
      .argument('[class]', 'WorkspaceClass, or org/NAME'),
  )
    .addOption(
      new Option('-o, --output <format>', `${ROLLOUT_FORMATS.join(', ')} (default: table)`),
    )
    .action(bind(showRollout));
  withTarget(
    command
      .command('pause')
      .description(
        'Take no agent down for a change until it is resumed; launches, pauses and deletions go on. Without a name: every class.',
      ),
  ).action(bind(pauseRollouts));
  withTarget(
    command
      .command('resume')
      .description(
        'Let changes go on, and accept the failures that have stopped them. Without a name: every class.',
      ),
  ).action(bind(resumeRollouts));
}

function withTarget(command: Command): Command {
  return command
    .option('--class <name>', 'the workspaces of a class, in all namespaces')
    .option('--org <name>', 'the workspaces of an org, of all classes');
}

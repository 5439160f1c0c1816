import { Type, type Static } from 'typebox';
import {
  ENV_NAME_PATTERN,
  ENV_NAME_WORDS,
  SLUG_PATTERN,
  SLUG_WORDS,
  closed,
  record,
} from './schema.ts';

const runtimeCommand = closed(
  {
    command: Type.Array(Type.String({ minLength: 1, maxLength: 4096 }), {
      minItems: 1,
      maxItems: 64,
      description:
        'Program and arguments. On the process backend relative paths start at the folder of the controller.',
    }),
    env: Type.Optional(
      record(Type.String(), {
        pattern: ENV_NAME_PATTERN,
        words: ENV_NAME_WORDS,
        description: 'Environment of every workspace with this runtime.',
      }),
    ),
  },
  {
    description:
      'How one runtime is started. A command comes from here and never from a workspace.',
  },
);

/** How a runtime is started. */
export type RuntimeCommand = Static<typeof runtimeCommand>;

/** Runtime name to how it is started. */
export function runtimes(description: string) {
  return record(runtimeCommand, {
    pattern: SLUG_PATTERN,
    words: SLUG_WORDS,
    minProperties: 1,
    description,
  });
}

import { Type, type Static } from 'typebox';
import { closed } from '../api/schema.ts';

/** Shapes of what is asked of one workspace besides edits: requests that are stored, and messages. */

/** For requests that have nothing more to say. */
export const noQuerySchema = closed({});

export const restartQuerySchema = closed({
  resetSession: Type.Optional(
    Type.Boolean({
      description: 'Empty its state before it starts again: it remembers nothing. Default: false.',
    }),
  ),
});

export const hibernateQuerySchema = closed({
  force: Type.Optional(
    Type.Boolean({ description: 'Also while it has active tasks; they are lost. Default: false.' }),
  ),
});

/** Whatever the agent understands, as JSON. */
export const messageSchema = Type.Unsafe<Readonly<Record<string, unknown>>>({
  type: 'object',
  description: 'Given to the agent as it is.',
});

export const messageAnswerSchema = Type.Object({
  uid: Type.String(),
  answer: Type.Unknown({ description: 'What the agent answered: JSON, or else its text.' }),
});
export type MessageAnswer = Static<typeof messageAnswerSchema>;

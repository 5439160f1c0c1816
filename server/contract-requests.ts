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

/** The only answer that holds the token; the database keeps its hash. Names as agents know them (lessons.md, 2.2). */
export const connectionSchema = Type.Object({
  workspace_id: Type.String(),
  platform_url: Type.String(),
  auth_token: Type.String({ description: 'For `Authorization: Bearer`, of the agent alone.' }),
  inbound_secret: Type.String({
    description: 'By which the agent knows the platform; the same in every answer.',
  }),
  register_endpoint: Type.String(),
  heartbeat_endpoint: Type.String(),
  bundle_endpoint: Type.String({ description: 'Env and files that the agent should run with.' }),
});
export type Connection = Static<typeof connectionSchema>;

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

import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import { Type, type TProperties } from 'typebox';
import { closed, slug } from '../api/schema.ts';
import type { TypeBoxProvider } from './validation.ts';

/** Where routes are registered: types of a request follow from its schemas. */
export type ApiServer = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxProvider
>;

/** Path parameters; nothing else may stand there. */
export function pathParameters<T extends TProperties>(properties: T) {
  return closed(properties);
}

export const namespaceParameter = { ns: slug('Namespace.') };
export const nameParameter = { name: slug('Name of the object.') };

/** Answer that is plain text. */
export function textAnswer(description: string) {
  return { description, content: { 'text/plain': { schema: Type.String() } } };
}

/** Content of newline-delimited JSON: one value per line, empty lines as heartbeats. */
export const lineContent = { 'application/x-ndjson': { schema: Type.String() } };

import { listActivity, type ActivityQuery, type ActivityRecord } from '../../store/activity.ts';
import type { Db } from '../../store/db.ts';
import { DEFAULT_LIMIT } from '../contract.ts';
import {
  eventListSchema,
  eventsQuerySchema,
  type ActivityEvent,
  type EventList,
  type EventsQuery,
} from '../contract-operations.ts';
import { EventFollower } from '../event-follower.ts';
import type { ServerOptions } from '../options.ts';
import { lineContent, type ApiServer } from '../route-schema.ts';
import type { Streams } from '../streams.ts';

/** What was decided and why, oldest first; with `follow` as a stream that goes on. */
export function registerEvents(
  server: ApiServer,
  { db, clock }: ServerOptions,
  streams: Streams,
): void {
  server.get(
    '/api/v1/events',
    {
      exposeHeadRoute: false,
      schema: {
        tags: ['events'],
        operationId: 'listEvents',
        summary: 'What was decided and why; with follow=true newline-delimited JSON without an end',
        querystring: eventsQuerySchema,
        response: {
          200: {
            description: 'A list, or a stream of events.',
            content: { 'application/json': { schema: eventListSchema }, ...lineContent },
          },
        },
      },
    },
    async ({ query }, reply) => {
      if (query.follow !== true) {
        return await listEvents(db, query);
      }
      const follower = new EventFollower(db, clock, toActivityQuery(query));
      const stream = streams.openPolled(reply, async () => {
        const { fresh, hasMore } = await follower.next();
        return { lines: fresh.map((record) => JSON.stringify(toEvent(record))), hasMore };
      });
      return await reply.type('application/x-ndjson').send(stream);
    },
  );
}

async function listEvents(db: Db, query: EventsQuery): Promise<EventList> {
  const records = await listActivity(db, toActivityQuery(query));
  return {
    items: records.map(toEvent),
    next: records.at(-1)?.id ?? query.after ?? 0,
  };
}

function toActivityQuery({ after, namespace, workspace, limit }: EventsQuery): ActivityQuery {
  return {
    limit: limit ?? DEFAULT_LIMIT,
    ...(after !== undefined && { afterId: after }),
    ...(namespace !== undefined && { namespace }),
    ...(workspace !== undefined && { name: workspace }),
  };
}

function toEvent({ at, ...record }: ActivityRecord): ActivityEvent {
  return { ...record, at: at.toISOString() };
}

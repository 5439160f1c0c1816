import Fastify from 'fastify';
import { registerApi } from './api/routes.ts';
import { authenticate } from './authentication.ts';
import { assertBodyIsShallow } from './body-depth.ts';
import { errorHandler, notFoundHandler } from './error-handler.ts';
import { registerHealth } from './health.ts';
import { assertListenIsSafe } from './listen-safety.ts';
import { registerOpenApi } from './openapi.ts';
import type { ServerOptions, ServerTimeouts } from './options.ts';
import { registerAgentApi } from './registry/routes.ts';
import type { ApiServer } from './route-schema.ts';
import { Streams } from './streams.ts';
import { isBodyEndless } from './unread-body.ts';
import { compileValidator, type TypeBoxProvider } from './validation.ts';

/** Body of everything but `apply`: an edit holds one workspace, whose texts may be long. */
const BODY_LIMIT_BYTES = 1024 * 1024;
/** Slow clients may be slow, but not hold on for ever: 64 MB at 5 Mbit/s take 100 s. */
const TIMEOUTS: ServerTimeouts = { idleMilliseconds: 120_000, requestMilliseconds: 120_000 };
/** For sending the headers, and how often Node looks for requests that take too long; its own defaults. */
const HEADERS_TIMEOUT_MILLISECONDS = 60_000;
const CHECK_CONNECTIONS_MILLISECONDS = 30_000;

/**
 * The HTTP API (design §13), not listening yet: `listen({ host, port })` and `close()` are fastify's. Closing ends
 * the streams and waits for answers in work.
 * Throws at once when `options.listen` is not safe, see `assertListenIsSafe`.
 */
export function createServer(options: ServerOptions): ApiServer {
  assertListenIsSafe(options.listen, options);
  const server = createFastify(options);
  const streams = new Streams(options.clock, options.log);
  server.setValidatorCompiler(compileValidator);
  server.setSerializerCompiler(() => (answer) => JSON.stringify(answer));
  server.setErrorHandler(errorHandler(options.log));
  server.setNotFoundHandler(notFoundHandler);
  readJsonOnly(server);
  server.decorateRequest('operator', '');
  server.addHook('onRequest', (_request, reply, done) => {
    void reply.header('cache-control', 'no-store');
    done();
  });
  server.addHook('onRequest', authenticate(options));
  server.addHook('preValidation', (request, _reply, done) => {
    assertBodyIsShallow(request.body);
    done();
  });
  closeGracefully(server, streams);
  registerOpenApi(server, options.info.version);
  // A scope of its own, so that the OpenAPI document is listening when the first route comes.
  void server.register((scope: ApiServer, _options, done) => {
    registerHealth(scope, options);
    registerApi(scope, options, streams);
    registerAgentApi(scope, options);
    done();
  });
  return server;
}

function createFastify({ listen, log, timeouts = TIMEOUTS }: ServerOptions): ApiServer {
  const answerError = errorHandler(log);
  const { idleMilliseconds, requestMilliseconds } = timeouts;
  const limits = {
    // Where it is above the time for the whole request, Node takes the one for the other.
    headersTimeout: Math.min(HEADERS_TIMEOUT_MILLISECONDS, requestMilliseconds),
    connectionsCheckingInterval: Math.min(CHECK_CONNECTIONS_MILLISECONDS, requestMilliseconds),
  };
  const encryption =
    listen.tls === undefined ? { http: limits } : { https: { ...listen.tls, ...limits } };
  return Fastify({
    ...encryption,
    bodyLimit: BODY_LIMIT_BYTES,
    connectionTimeout: idleMilliseconds,
    requestTimeout: requestMilliseconds,
    // URLs that cannot be decoded.
    frameworkErrors: (error, request, reply) => {
      answerError(error, request, reply);
    },
    forceCloseConnections: 'idle',
    logger: false,
  }).withTypeProvider<TypeBoxProvider>();
}

/**
 * Without it, the connection of a request in work would be kept alive for a while, and the closing with it; and one with a
 * body that nobody reads would be read to its end.
 */
function closeGracefully(server: ApiServer, streams: Streams): void {
  let isClosing = false;
  server.addHook('preClose', (done) => {
    isClosing = true;
    streams.close();
    done();
  });
  server.addHook('onSend', (request, reply, payload, done) => {
    if (isClosing || isBodyEndless(request)) {
      void reply.header('connection', 'close');
    }
    done(null, payload);
  });
}

/** Merge patches are JSON too; plain text, which a page of another origin may send unasked, is refused with 415. */
function readJsonOnly(server: ApiServer): void {
  server.removeContentTypeParser('text/plain');
  server.addContentTypeParser(
    'application/merge-patch+json',
    { parseAs: 'string' },
    server.getDefaultJsonParser('error', 'error'),
  );
}

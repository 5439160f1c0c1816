import Fastify from 'fastify';
import { registerApi } from './api/routes.ts';
import { authenticate } from './authentication.ts';
import { assertBodyIsShallow } from './body-depth.ts';
import { errorHandler, notFoundHandler } from './error-handler.ts';
import { registerHealth } from './health.ts';
import { assertListenIsSafe } from './listen-safety.ts';
import { registerOpenApi } from './openapi.ts';
import type { ServerOptions } from './options.ts';
import type { ApiServer } from './route-schema.ts';
import { Streams } from './streams.ts';
import { compileValidator, type TypeBoxProvider } from './validation.ts';

/** Body of everything but `apply`: an edit holds one workspace, whose texts may be long. */
const BODY_LIMIT_BYTES = 1024 * 1024;
/** A connection on which nothing moves for this long is cut: slow clients may be slow, but not hold on for ever. */
const IDLE_CONNECTION_MILLISECONDS = 120_000;
/** For sending a whole request; 64 MB at 5 Mbit/s take 100 s. */
const REQUEST_TIMEOUT_MILLISECONDS = 120_000;

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
    done();
  });
  return server;
}

function createFastify({ listen, log }: ServerOptions): ApiServer {
  const answerError = errorHandler(log);
  const encryption = listen.tls === undefined ? {} : { https: { ...listen.tls } };
  return Fastify({
    ...encryption,
    bodyLimit: BODY_LIMIT_BYTES,
    connectionTimeout: IDLE_CONNECTION_MILLISECONDS,
    requestTimeout: REQUEST_TIMEOUT_MILLISECONDS,
    // URLs that cannot be decoded.
    frameworkErrors: (error, request, reply) => {
      answerError(error, request, reply);
    },
    forceCloseConnections: 'idle',
    logger: false,
  }).withTypeProvider<TypeBoxProvider>();
}

/** Without it, the connection of a request in work would be kept alive for a while, and the closing with it. */
function closeGracefully(server: ApiServer, streams: Streams): void {
  let isClosing = false;
  server.addHook('preClose', (done) => {
    isClosing = true;
    streams.close();
    done();
  });
  server.addHook('onSend', (_request, reply, payload, done) => {
    if (isClosing) {
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

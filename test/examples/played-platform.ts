import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { eventually } from '../support/eventually.ts';

/** What an agent said: its path, its token and the body. */
export interface Said {
  readonly path: string;
  readonly token: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** What the platform wants, as the answer to a register and a heartbeat says it. */
export interface Wanted {
  readonly status?: string;
  readonly desiredState?: string;
  readonly configRevision?: string;
  readonly children?: { readonly revision: string; readonly items: readonly object[] };
}

export const REGISTER = '/registry/register';
export const HEARTBEAT = '/registry/heartbeat';

/** Plays the platform of an agent, over HTTP. A test says what is wanted and which token is good. */
export class PlayedPlatform implements AsyncDisposable {
  readonly url: string;
  readonly said: Said[] = [];
  /** Statuses of the next answers, before all else. */
  readonly nextStatuses: number[] = [];
  /** Answers wait for this. */
  answering: Promise<unknown> = Promise.resolve();
  goodToken = 'first-token';
  wanted: Wanted = { status: 'ok', desiredState: 'Running', configRevision: 'one' };
  readonly #server: Server;

  private constructor(server: Server, handle: { answer?: Handler }) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    handle.answer = (request, response) => this.#answer(request, response);
  }

  static async start(): Promise<PlayedPlatform> {
    const handle: { answer?: Handler } = {};
    const server = createServer((request, response) => {
      void handle.answer?.(request, response);
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    return new PlayedPlatform(server, handle);
  }

  heartbeats(): readonly Said['body'][] {
    return this.said.filter(({ path }) => path === HEARTBEAT).map(({ body }) => body);
  }

  /** The first heartbeat from now on, or after `since` others, that is like this. */
  async untilHeartbeat(
    until: string,
    isLike: (body: Said['body']) => boolean,
    since = this.heartbeats().length,
  ): Promise<Said['body']> {
    return await eventually({ until }, () => this.heartbeats().slice(since).find(isLike));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const token = (request.headers.authorization ?? '').replace('Bearer ', '');
    this.said.push({
      path: request.url ?? '',
      token,
      body: (await json(request)) as Said['body'],
    });
    await this.answering;
    const status = this.nextStatuses.shift() ?? (token === this.goodToken ? 200 : 401);
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(status === 200 ? this.wanted : { title: 'refused' }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

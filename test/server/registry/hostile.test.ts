import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Server } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { systemClock } from '../../../lib/clock.ts';
import { openDb } from '../../../store/db.ts';
import { eventuallyTrue } from '../../support/eventually.ts';
import { AgentWorld } from './agent-world.ts';
import { chunkOf, connectTo, pour, readToEnd } from './raw-client.ts';

const JSON_TYPE = { 'content-type': 'application/json' };
const GIGABYTE = 2 ** 30;
const TEN_THOUSAND = 10_000;

let world: AgentWorld;
let address: string;
let seconds = 0;

/** A second goes by between any two looks at it, so that nobody asks too often. */
const hastyClock = {
  ...systemClock,
  now: () => {
    seconds += 1;
    return new Date(seconds * 1000);
  },
};

async function send(route: string, body: string, headers: Record<string, string> = {}) {
  const answer = await fetch(`${address}/registry/${route}`, {
    method: 'POST',
    body,
    headers: { authorization: 'Bearer ada-1', ...JSON_TYPE, ...headers },
  });
  return { status: answer.status, text: await answer.text() };
}

async function countConnections(server: Pick<Server, 'getConnections'>): Promise<number> {
  return await promisify(server.getConnections.bind(server))();
}

async function isWell(): Promise<boolean> {
  const { status } = await send('heartbeat', JSON.stringify({ workspace_id: world.uid }));
  return status === 200;
}

const anyJson = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom(1e308, -1e308, -0, 2 ** 53, 'a\0b', '\ud800', '', 'wedged', [], {}, null),
);

/** Bodies that are nearly right: each field is right, missing, or anything. */
function nearly(right: Readonly<Record<string, unknown>>) {
  const fields = Object.fromEntries(
    Object.entries(right).map(([name, value]) => [
      name,
      fc.oneof({ weight: 4, arbitrary: fc.constant(value) }, anyJson),
    ]),
  );
  return fc.record(fields, { requiredKeys: [] });
}

describe('the agent API', () => {
  // Within a describe block, because the databases of the file are dropped before hooks of its top.
  beforeAll(async () => {
    world = await AgentWorld.start({ clock: hastyClock });
    address = await world.api.listen();
  });
  afterAll(async () => {
    await world[Symbol.asyncDispose]();
  });

  describe('any body', () => {
    const rightBodies = (uid: string) => ({
      register: { id: uid, url: 'http://127.0.0.1:8000', agent_card: { skills: [] } },
      heartbeat: {
        workspace_id: uid,
        error_rate: 0.1,
        sample_error: 'x',
        current_task: 'y',
        active_tasks: 1,
        uptime_seconds: 5,
        monthly_spend: 7,
        runtime_state: 'wedged',
        runtime_metadata: { capabilities: { status_mgmt: true }, idle_timeout_seconds: 3 },
        config_revision: 'r',
      },
      'update-card': { workspace_id: uid, agent_card: {} },
    });

    it.each(['register', 'heartbeat', 'update-card'] as const)(
      'of %s that is nearly right is taken or refused, and never fails',
      async (route) => {
        await fc.assert(
          fc.asyncProperty(nearly(rightBodies(world.uid)[route]), async (body) => {
            const { status } = await send(route, JSON.stringify(body));

            expect([200, 400, 403, 422]).toContain(status);
          }),
          { numRuns: 150 },
        );

        expect(await isWell()).toBe(true);
      },
      30_000,
    );

    it('that is no JSON is refused, and nothing of it comes back', async () => {
      await fc.assert(
        fc.asyncProperty(fc.string({ unit: 'binary' }), async (body) => {
          const { status, text } = await send('heartbeat', `planted${body}`);

          expect(status).toBe(400);
          expect(text).not.toContain('planted');
        }),
        { numRuns: 50 },
      );
    });

    it.each([
      ['nests without end', '['.repeat(30_000) + ']'.repeat(30_000), 400],
      ['nests a card without end', `{"a":${'['.repeat(5_000)}${']'.repeat(5_000)}}`, 400],
      ['names a prototype', '{"__proto__":{"workspace_id":"x"}}', 400],
      ['is empty', '', 400],
      ['is null', 'null', 400],
      ['holds a number beyond all bounds', '{"workspace_id":"x","error_rate":1e999}', 400],
    ])('that %s is refused', async (_what, body, expected) => {
      expect((await send('heartbeat', body)).status).toBe(expected);
    });

    it('of another content type is refused with 415', async () => {
      const { status } = await send('heartbeat', '<a/>', { 'content-type': 'text/xml' });

      expect(status).toBe(415);
    });

    it('leaves nothing in the log', () => {
      expect(world.api.captured.lines).toEqual([]);
    });
  });

  describe('any token', () => {
    it('that is wrong is refused and never echoed or logged', async () => {
      await fc.assert(
        fc.asyncProperty(fc.stringMatching(/^[!-~]{1,200}$/), async (token) => {
          const planted = `planted-${token}`;
          const { status, text } = await send('heartbeat', JSON.stringify({ workspace_id: 'x' }), {
            authorization: `Bearer ${planted}`,
          });

          expect([401, 429]).toContain(status);
          expect(text).not.toContain('planted');
        }),
        { numRuns: 50 },
      );

      expect(JSON.stringify(world.api.captured.lines)).not.toContain('planted');
    });

    it.each(['', 'Bearer', 'Bearer  ', 'Basic YTpi', 'bearer a b', 'Bearer ü'])(
      'in the header %j is refused with 401',
      async (authorization) => {
        expect((await send('heartbeat', '{}', { authorization })).status).toBe(401);
      },
    );

    it('that is wrong, five hundred times at once, does not hold up those that are good', async () => {
      const guesses = Array.from({ length: 500 }, (_, index) =>
        send('heartbeat', JSON.stringify({ workspace_id: world.uid }), {
          authorization: `Bearer guess-${index}`,
        }),
      );
      const good = await Promise.all(Array.from({ length: 5 }, isWell));
      const statuses = new Set((await Promise.all(guesses)).map(({ status }) => status));

      expect(good).toEqual([true, true, true, true, true]);
      expect([...statuses].filter((status) => status !== 401 && status !== 429)).toEqual([]);
    });
  });

  describe('a body of a gigabyte', () => {
    const LINES = ['Host: a', 'Content-Type: application/json'];
    const TOKEN = 'Authorization: Bearer ada-1';
    const CHUNKED = 'Transfer-Encoding: chunked';
    const head = (route: string, ...lines: readonly string[]): string =>
      [`POST /registry/${route} HTTP/1.1`, ...LINES, ...lines, '', ''].join('\r\n');

    const KIBIBYTE = 1024;

    it.each([
      ['register', 256 * KIBIBYTE],
      ['heartbeat', 64 * KIBIBYTE],
      ['update-card', 256 * KIBIBYTE],
    ])('is refused with 413 by %s at the first byte too many', async (route, limit) => {
      const socket = await connectTo(address);
      const answer = readToEnd(socket);

      socket.write(head(route, TOKEN, CHUNKED) + chunkOf(limit) + chunkOf(1));

      expect(await answer).toMatch(/^HTTP\/1\.1 413 /);
    });

    it.each([
      ['with 413 when it is announced', [TOKEN, `Content-Length: ${GIGABYTE}`], /^HTTP\/1\.1 413 /],
      ['with 401 when there is no token', [CHUNKED], /^HTTP\/1\.1 401 /],
    ])('is refused %s, before any of it comes', async (_what, lines, expected) => {
      const socket = await connectTo(address);
      socket.write(head('heartbeat', ...lines));
      const [answer] = (await once(socket, 'data')) as [Buffer];
      socket.destroy();

      expect(String(answer)).toMatch(expected);
    });

    it('is not read to its end', async () => {
      const socket = await connectTo(address);
      socket.write(head('heartbeat', TOKEN, CHUNKED));

      // What the buffers of both ends of a connection hold.
      expect(await pour(socket, GIGABYTE)).toBeLessThan(16 * 2 ** 20);
      expect(await isWell()).toBe(true);
    });

    it.each([
      ['without a token', head('heartbeat', CHUNKED)],
      ['without a token, announced', head('heartbeat', `Content-Length: ${GIGABYTE}`)],
      ['to a route that does not exist', head('nowhere', CHUNKED)],
    ])('is not read to its end %s', async (_what, text) => {
      const socket = await connectTo(address);
      socket.write(text);

      expect(await pour(socket, GIGABYTE)).toBeLessThan(16 * 2 ** 20);
      expect(await isWell()).toBe(true);
    });
  });

  describe('connections', () => {
    const timeouts = { idleMilliseconds: 60_000, requestMilliseconds: 200 };

    it.each([
      [
        'a slow body',
        'POST /registry/heartbeat HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ada-1\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"wor',
      ],
      ['slow headers', 'POST /registry/heartbeat HTTP/1.1\r\nHost: a\r\nX-Slow: '],
      ['half a request line', 'POST /regi'],
    ])('with %s are ended with 408', async (_what, text) => {
      await using slow = await AgentWorld.start({ timeouts });
      const socket = await connectTo(await slow.api.listen());
      socket.write(text);

      expect(await readToEnd(socket)).toMatch(/^HTTP\/1\.1 408 /);
      expect((await slow.heartbeat()).status).toBe(200);
    });

    it('on which nothing moves are ended', async () => {
      const idle = { idleMilliseconds: 200, requestMilliseconds: 60_000 };
      await using slow = await AgentWorld.start({ timeouts: idle });
      const socket = await connectTo(await slow.api.listen());

      expect(await readToEnd(socket)).toBe('');
    });

    it('with what is no HTTP are ended, and others go on', async () => {
      await fc.assert(
        fc.asyncProperty(fc.uint8Array({ minLength: 1 }), async (bytes) => {
          const socket = await connectTo(address);
          socket.end(Buffer.concat([Buffer.from(bytes), Buffer.from('\r\n\r\n')]));

          await readToEnd(socket);
        }),
        { numRuns: 30 },
      );

      expect(await isWell()).toBe(true);
    });

    it('that are idle, ten thousand of them, hold up nobody', async () => {
      const program = join(import.meta.dirname, 'idle-connections.program.ts');
      const others = spawn(process.execPath, [program, address, String(TEN_THOUSAND)], {
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      await once(others.stdout, 'data');

      const { server } = world.api.server;
      // A connection is open for its client before the server has taken it.
      await eventuallyTrue({ until: 'all are taken' }, async () => {
        return (await countConnections(server)) >= TEN_THOUSAND;
      });
      const well = await Promise.all(Array.from({ length: 10 }, isWell));
      others.stdin.end();
      await once(others, 'exit');

      expect(well.every(Boolean)).toBe(true);
    }, 60_000);
  });

  describe('with a database that is away', () => {
    it('answers 503 and when to ask again, and does not fill the log', async () => {
      const db = openDb({
        connection: 'postgres://nobody@127.0.0.1:1/nothing',
        maxConnections: 1,
        applicationName: 'treeline-test',
        onConnectionError: () => undefined,
      });
      await using away = await AgentWorld.start({ db });

      const answers = await Promise.all([away.register(), away.heartbeat(), away.heartbeat()]);
      await db.destroy();

      expect(answers.map(({ status }) => status)).toEqual([503, 503, 503]);
      expect(answers[0]).toMatchObject({
        headers: { 'retry-after': '2' },
        problem: { reason: 'DatabaseUnavailable' },
      });
      expect(away.api.captured.lines).toEqual([]);
    });
  });
});

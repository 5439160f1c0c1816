import type { FakeProvider } from '../provider.ts';
import type { WireAnswer, WireRequest } from '../wire/http-server.ts';
import { own } from '../wire/own.ts';
import { COMMANDS } from './commands.ts';
import { describeWorld } from './world-page.ts';

/** The administrator's page: GET says what is the case, POST changes something. JSON both ways. */
export function answerAdministrator(provider: FakeProvider, request: WireRequest): WireAnswer {
  const { method, path, body } = request;
  if (method === 'GET' && path === '/_fake') {
    return json(200, describeWorld(provider));
  }
  const command = own(COMMANDS, path.slice('/_fake/'.length));
  if (method !== 'POST' || command === undefined) {
    const paths = Object.keys(COMMANDS).map((name) => `POST /_fake/${name}`);
    return json(404, { error: 'not found', paths: ['GET /_fake', ...paths] });
  }
  try {
    command(provider, JSON.parse(body === '' ? '{}' : body) as Record<string, unknown>);
    return json(200, { done: true });
  } catch (error) {
    return json(400, { error: error instanceof Error ? error.message : String(error) });
  }
}

function json(status: number, content: object): WireAnswer {
  return { status, contentType: 'application/json', body: `${JSON.stringify(content, null, 2)}\n` };
}

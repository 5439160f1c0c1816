import type { IncomingHttpHeaders } from 'node:http';
import { isLoopback, type ListenOptions } from './listen-safety.ts';
import { Problem } from './problem.ts';

/**
 * Guards requests that need no token, throws a 403 `Problem`. A web page in the user's browser reaches 127.0.0.1 too:
 * by a name that it points there (DNS rebinding: the Host header gives it away), or directly (the Origin does).
 */
export function assertRequestIsLocal(headers: IncomingHttpHeaders, listen: ListenOptions): void {
  if (!isOwnHost(headers.host, listen)) {
    throw new Problem(
      403,
      'ForeignHost',
      'without a token the server answers on 127.0.0.1, localhost and [::1] only; the Host header names another',
    );
  }
  if (!isOwnOrigin(headers, listen)) {
    throw new Problem(403, 'ForeignOrigin', 'a page of another origin needs a token');
  }
}

function isOwnHost(host: string | undefined, { publicUrl }: ListenOptions): boolean {
  const name = parseUrl(`http://${host ?? ''}`)?.hostname;
  return name !== undefined && (isLoopback(name) || name === parseUrl(publicUrl ?? '')?.hostname);
}

/** Programs send neither header; browsers send Origin with all but simple reads, and Sec-Fetch-Site with everything. */
function isOwnOrigin(headers: IncomingHttpHeaders, { publicUrl }: ListenOptions): boolean {
  const site = headers['sec-fetch-site'] ?? 'none';
  if (site !== 'none' && site !== 'same-origin') {
    return false;
  }
  const { origin } = headers;
  return (
    origin === undefined ||
    parseUrl(origin)?.host === headers.host ||
    (publicUrl !== undefined && parseUrl(origin)?.origin === parseUrl(publicUrl)?.origin)
  );
}

function parseUrl(text: string): URL | undefined {
  return URL.parse(text) ?? undefined;
}

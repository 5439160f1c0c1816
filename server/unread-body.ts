import type { FastifyRequest } from 'fastify';

/**
 * Whether more of the body may still come than its route reads. A request that is refused before its body was read leaves it
 * to Node, which reads and drops it to the end to keep the connection: a gigabyte cost seconds of one core.
 */
export function isBodyEndless({ raw, headers, routeOptions }: FastifyRequest): boolean {
  if (raw.complete) {
    return false;
  }
  const announced = Number(headers['content-length'] ?? 0);
  return headers['transfer-encoding'] !== undefined || announced > routeOptions.bodyLimit;
}

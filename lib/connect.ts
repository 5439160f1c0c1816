import { connect } from 'node:net';

/** Loopback answers in microseconds, a container's port in milliseconds. */
const CONNECT_TIMEOUT_MS = 1_000;

/** True when a TCP connection to the port of `url` opens, at `address` if given, else at its host. Never throws. */
export async function canConnect(url: string, address?: string): Promise<boolean> {
  const { hostname, port, protocol } = new URL(url);
  const fallback = protocol === 'https:' ? 443 : 80;
  return await new Promise((resolve) => {
    const socket = connect({
      host: address ?? hostname,
      port: port === '' ? fallback : Number(port),
    });
    const end = (isOpen: boolean): void => {
      socket.destroy();
      resolve(isOpen);
    };
    socket.setTimeout(CONNECT_TIMEOUT_MS, () => {
      end(false);
    });
    socket.once('connect', () => {
      end(true);
    });
    socket.once('error', () => {
      end(false);
    });
  });
}

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';

/** A connection to the address; errors of it are no errors of the test. */
export async function connectTo(address: string): Promise<Socket> {
  const { hostname, port } = new URL(address);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

/** All that comes until the connection is closed, however that happens. */
export async function readToEnd(socket: Socket): Promise<string> {
  const parts: string[] = [];
  socket.on('data', (chunk) => parts.push(chunk.toString()));
  await new Promise<void>((resolve) => {
    socket.once('close', () => {
      resolve();
    });
  });
  return parts.join('');
}

/** A chunk of a body of `size` bytes. */
export function chunkOf(size: number): string {
  return `${size.toString(16)}\r\n${' '.repeat(size)}\r\n`;
}

/** Sends chunks until the server ends the connection or `size` is reached; answers how many bytes went out. */
export async function pour(socket: Socket, size: number): Promise<number> {
  const chunk = chunkOf(64 * 1024);
  const isOver = (): boolean => socket.destroyed || socket.readableEnded;
  socket.resume();
  let sent = 0;
  while (sent < size && !isOver()) {
    socket.write(chunk);
    sent += chunk.length;
    do {
      await setImmediate();
    } while (socket.writableNeedDrain && !isOver());
  }
  socket.destroy();
  return sent;
}

import { lastLines } from '../../lib/last-lines.ts';
import type { Calls } from './calls.ts';
import { providerCodeOf } from './errors.ts';
import { CONSOLE_BYTES } from './limits.ts';

/** The last lines of an instance's console, at most 64 KiB; '' while EC2 has none. */
export async function readConsole(
  InstanceId: string,
  tail: number,
  calls: Pick<Calls, 'send'>,
): Promise<string> {
  const ask = async (Latest: boolean) =>
    await calls.send('GetConsoleOutput', { InstanceId, Latest }, 'reading log');
  const { Output = '' } = await ask(true).catch(async (error: unknown) => {
    // Only machines of the Nitro system have a latest one; others keep that of their last boot.
    if (providerCodeOf(error) === 'UnsupportedOperation') {
      return await ask(false);
    }
    throw error;
  });
  const bytes = Buffer.from(Output, 'base64').subarray(-CONSOLE_BYTES);
  return lastLines(bytes.toString('utf8').replaceAll('\r\n', '\n'), tail);
}

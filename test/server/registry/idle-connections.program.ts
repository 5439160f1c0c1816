import { connectTo } from './raw-client.ts';

/**
 * Opens as many connections to an address as it is told, says `open`, and keeps them until its input ends. A process of its own:
 * both ends of ten thousand in one would be more files than a process may have open.
 */
const [address = '', count = '0'] = process.argv.slice(2);
/** Fewer than wait in a listener's backlog (511). */
const AT_ONCE = 200;

for (let opened = 0; opened < Number(count); opened += AT_ONCE) {
  await Promise.all(Array.from({ length: AT_ONCE }, () => connectTo(address)));
}
process.stdout.write('open\n');
process.stdin.on('end', () => process.exit(0)).resume();

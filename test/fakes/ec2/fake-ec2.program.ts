import { FakeEc2 } from './fake-ec2.ts';

/**
 * `make fake-ec2`: prints the address and runs until Ctrl-C. Environment: `PORT` (default: any that is free), `FAKE_EC2_SEED`,
 * and `FAKE_EC2_BOOT=1` for boot mode. Everything else is set over its administrator's page.
 */
async function main(): Promise<void> {
  const { PORT = '0', FAKE_EC2_SEED = '1', FAKE_EC2_BOOT } = process.env;
  const fake = await FakeEc2.start({
    port: Number(PORT),
    seed: Number(FAKE_EC2_SEED),
    ...(FAKE_EC2_BOOT === '1' ? { boot: {} } : {}),
  });
  process.stdout.write(`${fake.url}\n`);
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  await fake[Symbol.asyncDispose]();
}

try {
  await main();
} catch (error) {
  const isTaken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
  const todo = isTaken ? ': choose another port with PORT, or none for one that is free' : '';
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`fake EC2: ${message}${todo}\n`);
  process.exitCode = 1;
}

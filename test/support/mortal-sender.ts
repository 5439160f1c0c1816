import type { InputOf, Operation, OutputOf, Sender } from '../../backends/ec2/requests.ts';
import { late } from '../fakes/ec2/faults.ts';
import type { FakeEc2 } from '../fakes/ec2/fake-ec2.ts';
import type { MortalProcess } from './mortal-process.ts';

/** The clients of EC2 as one process holds them: every request is a call that the process can die at. */
export function mortalSender(sender: Sender, fake: FakeEc2, life: MortalProcess): Sender {
  return {
    async send<O extends Operation>(operation: O, input: InputOf<O>): Promise<OutputOf<O>> {
      const send = (): Promise<OutputOf<O>> => sender.send(operation, input);
      return await life.call({
        name: `ec2.${operation}`,
        send,
        sendLate: async () => {
          fake.faults.next(operation, late());
          await send().catch(() => undefined);
        },
        isProviderChange: () => !/^(Describe|Get)/.test(operation),
      });
    },
  };
}

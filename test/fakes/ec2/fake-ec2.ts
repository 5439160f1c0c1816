import { answerAdministrator } from './admin/admin-page.ts';
import { LocalGuests, type BootOptions } from './boot/local-guests.ts';
import { FakeProvider, type ProviderOptions } from './provider.ts';
import { HttpServer } from './wire/http-server.ts';

export interface FakeEc2Options extends Omit<ProviderOptions, 'guests'> {
  /** Default 0: any that is free, on the loopback interface. */
  readonly port?: number;
  /** Boot mode: what reaches `running` really runs its user data. Default: nothing runs. */
  readonly boot?: BootOptions;
}

/** An EC2 of one account in one Region, on a loopback port. README.md is its contract. */
export class FakeEc2 extends FakeProvider implements AsyncDisposable {
  readonly #guests: LocalGuests | undefined;
  #server: HttpServer | undefined;

  private constructor(options: ProviderOptions, guests: LocalGuests | undefined) {
    super({ ...options, guests });
    this.#guests = guests;
  }

  /** Rejects when the port is taken. */
  static async start({ port = 0, boot, ...options }: FakeEc2Options = {}): Promise<FakeEc2> {
    const guests = boot === undefined ? undefined : await LocalGuests.start(boot);
    const fake = new FakeEc2(options, guests);
    fake.#server = await HttpServer.start(port, async (request) =>
      request.path.startsWith('/_fake')
        ? answerAdministrator(fake, request)
        : await fake.answer(request),
    );
    return fake;
  }

  /** What a client takes as its `endpoint`. */
  get url(): string {
    return this.#server?.url ?? '';
  }

  /** The folder of an instance in boot mode: what its user data gets as its root. */
  folderOf(instanceId: string): string | undefined {
    return this.#guests?.rootOf(instanceId);
  }

  /** Ends every connection, and every process of boot mode. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server?.close();
    await this.#guests?.close();
  }
}

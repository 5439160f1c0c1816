import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** Room of one message; a heartbeat's answer has some 300 bytes. */
const HEAD_END = '\r\n\r\n';

/** What a launch gives to an agent. */
export interface AgentIdentity {
  readonly uid: string;
  readonly token: string;
}

/** One agent on a connection of its own that is kept open, with as little work for the client as can be. */
export class BeatingAgent {
  readonly #port: number;
  readonly #uid: string;
  readonly #token: string;
  #socket: Socket | undefined;
  #received = '';
  #onAnswer: (status: number) => void = () => undefined;

  constructor(port: number, { uid, token }: AgentIdentity) {
    this.#port = port;
    this.#uid = uid;
    this.#token = token;
  }

  /** Answers the status; 0 when the connection is closed before the answer has come. */
  async register(): Promise<number> {
    const card = { name: this.#uid, skills: ['writing', 'reading'] };
    const body = { id: this.#uid, url: 'http://127.0.0.1:8000', agent_card: card };
    return await this.#post('/registry/register', body);
  }

  /** The same. */
  async beat(round: number): Promise<number> {
    return await this.#post('/registry/heartbeat', {
      workspace_id: this.#uid,
      error_rate: 0.01,
      sample_error: '',
      current_task: 'reading the news',
      active_tasks: round % 2,
      uptime_seconds: round * 30,
      monthly_spend: 1200,
      runtime_state: '',
      runtime_metadata: { capabilities: { heartbeat: true }, idle_timeout_seconds: 600 },
    });
  }

  async #post(path: string, value: object): Promise<number> {
    const body = JSON.stringify(value);
    const socket = await this.#connected();
    socket.write(
      `POST ${path} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${this.#token}\r\n` +
        `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    return await new Promise((resolve) => {
      this.#onAnswer = resolve;
    });
  }

  /** The connection that it has; another one when the server has ended that, as agents do it. */
  async #connected(): Promise<Socket> {
    if (this.#socket?.writable === true) {
      return this.#socket;
    }
    const socket = connect(this.#port, '127.0.0.1').setNoDelay();
    await once(socket, 'connect');
    this.#socket = socket;
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#onAnswer(0);
    });
    socket.on('data', (chunk: Buffer) => {
      this.#received += chunk.toString('latin1');
      this.#finish();
    });
    return socket;
  }

  #finish(): void {
    const headEnd = this.#received.indexOf(HEAD_END);
    const length = Number(/content-length: (\d+)/i.exec(this.#received)?.[1]);
    if (headEnd >= 0 && this.#received.length >= headEnd + HEAD_END.length + length) {
      const status = Number(this.#received.slice(9, 12));
      this.#received = '';
      this.#onAnswer(status);
    }
  }
}

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
  readonly #socket: Socket;
  readonly #uid: string;
  readonly #token: string;
  #received = '';
  #onAnswer: (status: number) => void = () => undefined;

  private constructor(socket: Socket, { uid, token }: AgentIdentity) {
    this.#socket = socket;
    this.#uid = uid;
    this.#token = token;
    socket.setNoDelay();
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#onAnswer(0);
    });
    socket.on('data', (chunk: Buffer) => {
      this.#received += chunk.toString('latin1');
      this.#finish();
    });
  }

  static async connect(port: number, identity: AgentIdentity): Promise<BeatingAgent> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new BeatingAgent(socket, identity);
  }

  /** Answers the status; 0 when the server has closed the connection. */
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
    if (this.#socket.destroyed) {
      return 0;
    }
    const body = JSON.stringify(value);
    this.#socket.write(
      `POST ${path} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${this.#token}\r\n` +
        `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    return await new Promise((resolve) => {
      this.#onAnswer = resolve;
    });
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

import type { Instance } from '../../backends/backend.ts';
import { sha256Hex } from '../../lib/hash.ts';
import { storeWords } from '../../store/agent-reports.ts';
import { toWordJson, type AgentWord, type WordAnswer } from '../../store/agent-words.ts';
import { bootAll } from './boot-script.ts';
import type { Harness } from './harness.ts';

/** As agents do it (lessons.md, 2.3). */
const INTERVAL_MS = 30_000;
/** Nobody listens there. */
const CLOSED_PORT = 'http://127.0.0.1:1';

/** The agent in one run of an instance: a start makes another one. */
export interface PlayedAgent {
  readonly uid: string;
  readonly name: string;
  readonly attempt: number;
  readonly token: string;
  readonly instanceId: string;
  /** When its provider started it, and when it was seen to run first. */
  readonly startedMs: number;
  readonly madeMs: number;
  /** Milliseconds of the virtual clock; undefined as long as it was not heard. */
  firstHeardMs?: number;
  lastHeardMs?: number;
  /** When it said last that it has tasks. */
  lastBusyMs?: number;
  /** Neither registers nor beats. */
  isSilent: boolean;
  isPortClosed: boolean;
  activeTasks: number;
  errorRate: number;
  /** It has something to say before its next heartbeat is due. */
  isHurried: boolean;
}

export interface Ports {
  /** Where something listens: the address of every instance. */
  readonly open: string;
  /** Some of their agents do not register, so it is their ports that show whether they are up. */
  readonly areAsked: boolean;
}

/** A token that some agent was given, with what it stood for. */
export type KnownToken = Pick<PlayedAgent, 'uid' | 'name' | 'attempt' | 'token'>;

/**
 * The agents in the instances of the fake provider: each registers with the token of its bundle and beats, before every look
 * of the harness, by the statement that the agent API runs. What goes wrong with them, a test says.
 */
export class PlayedAgents {
  /** Every token that was ever delivered. */
  readonly tokens: KnownToken[] = [];
  readonly #harness: Harness;
  readonly #agents = new Map<string, PlayedAgent>();
  readonly #muted = new Set<string>();
  readonly #ports: Ports;

  /** They live from here on. */
  constructor(harness: Harness, ports: Ports) {
    this.#harness = harness;
    this.#ports = ports;
    harness.beforeLook = async () => {
      await this.#boot();
      await this.speak();
      await this.#probe();
    };
  }

  #of(name: string): PlayedAgent | undefined {
    return this.#living().find((agent) => agent.name === name);
  }

  /** Every run that there was for a workspace, the last one last. */
  runsOf(uid: string): readonly PlayedAgent[] {
    return [...this.#agents.values()].filter((agent) => agent.uid === uid);
  }

  /** Its next run never says a word. */
  mute(name: string): void {
    this.#muted.add(name);
  }

  /** It says nothing any more, and with `isPortClosed` nobody answers at its port, until it is started again. */
  hush(name: string, isPortClosed: boolean): void {
    const agent = this.#of(name);
    if (agent !== undefined) {
      agent.isSilent = true;
      agent.isPortClosed = isPortClosed;
      this.#setPort(agent);
    }
  }

  /** It speaks again, and answers at its port. */
  unhush(name: string): void {
    const agent = this.#of(name);
    if (agent !== undefined) {
      Object.assign(agent, { isSilent: false, isPortClosed: false, isHurried: true });
      this.#setPort(agent);
    }
  }

  /** It has tasks, or errors, and says so at once. */
  change(name: string, change: Partial<Pick<PlayedAgent, 'activeTasks' | 'errorRate'>>): void {
    const agent = this.#of(name);
    if (agent !== undefined) {
      Object.assign(agent, change, { isHurried: true });
    }
  }

  /** All are well and idle from here on. */
  heal(): void {
    this.#muted.clear();
    for (const agent of this.#living()) {
      Object.assign(agent, { isSilent: false, isPortClosed: false, activeTasks: 0, errorRate: 0 });
      agent.isHurried = true;
      this.#setPort(agent);
    }
  }

  async #boot(): Promise<void> {
    const { db, backend } = this.#harness;
    if (backend.bootstraps) {
      await bootAll(db, backend.provider);
    }
  }

  /** Everybody who has something to say does so. Resolves to the answers, by agent. */
  async speak(): Promise<void> {
    const speakers = this.#living().filter((agent) => this.#isDue(agent));
    if (speakers.length === 0) {
      return;
    }
    const answers = await this.say(speakers.map((agent) => this.#wordOf(agent)));
    answers.forEach((answer, index) => {
      const agent = speakers[index];
      if (agent !== undefined && answer.kind === 'ok') {
        this.#note(agent);
      }
    });
  }

  /** The leader asks their ports, where an answer says something that it has not heard from the agents. */
  async #probe(): Promise<void> {
    const { leader, isOver } = this.#harness.process;
    const isAsked = this.#ports.areAsked || this.#living().some((one) => one.isPortClosed);
    if (isAsked && !isOver) {
      await leader.prober.round(new AbortController().signal);
    }
  }

  /** Stores words as the agent API does, and wakes the leader for what it should see at once. */
  async say(words: readonly AgentWord[]): Promise<readonly WordAnswer[]> {
    const { db, process } = this.#harness;
    const answers = await storeWords(db, words.map(toWordJson));
    process.leader.enqueue(
      answers.flatMap((answer) =>
        answer.kind === 'ok' && answer.isTransition ? [answer.uid] : [],
      ),
    );
    return answers;
  }

  #note(agent: PlayedAgent): void {
    agent.lastHeardMs = this.#nowMs();
    agent.firstHeardMs ??= agent.lastHeardMs;
    if (agent.activeTasks > 0) {
      agent.lastBusyMs = agent.lastHeardMs;
    }
    agent.isHurried = false;
  }

  #isDue({ isSilent, isHurried, lastHeardMs }: PlayedAgent): boolean {
    const isDue = lastHeardMs === undefined || this.#nowMs() - lastHeardMs >= INTERVAL_MS;
    return !isSilent && (isHurried || isDue);
  }

  #nowMs(): number {
    return this.#harness.clock.now().getTime();
  }

  #wordOf({ uid, token, firstHeardMs, activeTasks, errorRate }: PlayedAgent): AgentWord {
    const speaker = { uid, tokenHash: sha256Hex(token) };
    return firstHeardMs === undefined
      ? { ...speaker, kind: 'register', url: 'http://127.0.0.1:8000', card: {} }
      : {
          ...{ ...speaker, kind: 'heartbeat', activeTasks, errorRate },
          ...{ monthlySpendCents: 0, runtimeState: '' },
        };
  }

  /** Those of running instances that were given a token; whoever is new among them is made. */
  #living(): readonly PlayedAgent[] {
    const { provider } = this.#harness.backend;
    return provider.liveInstances().flatMap((instance) => {
      const token = instance.state === 'running' ? this.#tokenOf(instance) : undefined;
      return token === undefined ? [] : [this.#find(instance, token)];
    });
  }

  #tokenOf({ id }: Instance): string | undefined {
    return this.#harness.backend.provider.filesOf(id)['.auth_token'];
  }

  #find({ id, marks, startedAt, launchedAt }: Instance, token: string): PlayedAgent {
    const known = this.#agents.get(token);
    if (known !== undefined) {
      return known;
    }
    const { workspaceUid: uid, name, attempt } = marks;
    const agent: PlayedAgent = {
      ...{ uid, name, attempt, token, instanceId: id, madeMs: this.#nowMs() },
      startedMs: (startedAt ?? launchedAt).getTime(),
      ...{ activeTasks: 0, errorRate: 0 },
      ...{ isSilent: this.#muted.delete(name), isPortClosed: false, isHurried: false },
    };
    this.#agents.set(token, agent);
    this.tokens.push({ uid, name, attempt, token });
    this.#setPort(agent);
    return agent;
  }

  #setPort({ instanceId, isPortClosed }: PlayedAgent): void {
    const url = isPortClosed ? CLOSED_PORT : this.#ports.open;
    this.#harness.backend.provider.change(instanceId, { url });
  }
}

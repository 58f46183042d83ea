import { backoffMs } from "./backoff.ts";
import { Refused, Unreachable } from "./problem.ts";
import type { Answer, Args, OperationName, Problem, Push, Welcome } from "./types.ts";

const ANSWER_TIMEOUT_MS = 20_000;
const SILENCE_MAX_MS = 45_000;

export interface ConnectionEvents {
  /** The socket is open and signed in; requests can follow. */
  welcome(welcome: Welcome): void;
  push(push: Push): void;
  /** The socket is gone; another attempt follows by itself. */
  lost(): void;
  /** The sign-in is no longer valid; no further attempt follows. */
  refused(problem: Problem): void;
}

interface Waiting {
  resolve(answer: unknown): void;
  reject(error: Error): void;
  timer: ReturnType<typeof setTimeout>;
}

type Frame = { id?: number; ok?: unknown; error?: Problem; push?: string };

/** The one WebSocket of an account: greets, asks, listens and comes back by itself. */
export class Connection {
  #socket: WebSocket | null = null;
  #waiting = new Map<number, Waiting>();
  #nextId = 1;
  #attempt = 0;
  #retryTimer: ReturnType<typeof setTimeout> | undefined;
  #silenceTimer: ReturnType<typeof setTimeout> | undefined;
  #waitAtLeastMs = 0;
  #stopped = false;
  #greeted = false;

  constructor(
    private readonly url: string,
    private readonly token: string,
    private readonly events: ConnectionEvents,
  ) {}

  start(): void {
    addEventListener("online", this.#networkBack);
    addEventListener("offline", this.#networkGone);
    this.#open();
  }

  stop(): void {
    this.#stopped = true;
    removeEventListener("online", this.#networkBack);
    removeEventListener("offline", this.#networkGone);
    clearTimeout(this.#retryTimer);
    this.#drop("stopped");
  }

  /** Sends one request; rejects at once while there is no greeted socket. */
  call<Op extends OperationName>(op: Op, args: Args<Op>): Promise<Answer<Op>> {
    if (!this.#greeted) return Promise.reject(new Unreachable("not connected"));
    return this.#request(op, args);
  }

  #networkBack = () => {
    if (this.#socket) return;
    this.#attempt = 0;
    clearTimeout(this.#retryTimer);
    this.#open();
  };

  #networkGone = () => this.#drop("the network is gone");

  #open(): void {
    if (this.#stopped || this.#socket) return;
    const socket = new WebSocket(this.url);
    this.#socket = socket;
    socket.onopen = () => void this.#greet(socket);
    socket.onmessage = (message) => this.#receive(String(message.data));
    socket.onclose = () => {
      if (this.#socket === socket) this.#drop("closed");
    };
    this.#watchSilence();
  }

  async #greet(socket: WebSocket): Promise<void> {
    try {
      const welcome = await this.#request("hello", { token: this.token });
      if (this.#socket !== socket) return;
      this.#greeted = true;
      this.#attempt = 0;
      this.events.welcome(welcome);
    } catch (error) {
      if (error instanceof Refused) this.#heed(error.problem);
      if (this.#socket === socket) this.#drop("greeting failed");
    }
  }

  #request<Op extends OperationName>(op: Op, args: Args<Op>): Promise<Answer<Op>> {
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#drop("no answer in time"), ANSWER_TIMEOUT_MS);
      this.#waiting.set(id, { resolve: resolve as (answer: unknown) => void, reject, timer });
      this.#socket?.send(JSON.stringify({ id, op, args }));
    });
  }

  #receive(text: string): void {
    this.#watchSilence();
    const frame = JSON.parse(text) as Frame;
    if (frame.push === "closing") this.#heed((frame as { error: Problem }).error);
    else if (frame.push) this.events.push(frame as Push);
    else this.#answer(frame);
  }

  #answer(frame: Frame): void {
    const waiting = frame.id === undefined ? undefined : this.#waiting.get(frame.id);
    if (!waiting || frame.id === undefined) return;
    this.#waiting.delete(frame.id);
    clearTimeout(waiting.timer);
    if (frame.error) waiting.reject(new Refused(frame.error));
    else waiting.resolve(frame.ok);
  }

  /** Follows the advice of a problem that concerns the whole connection. */
  #heed(problem: Problem): void {
    this.#waitAtLeastMs = problem.retry_after_ms ?? 0;
    if (problem.retry !== "never") return;
    this.stop();
    this.events.refused(problem);
  }

  /** Asks something small when the server has been silent, so that a dead socket is noticed. */
  #watchSilence(): void {
    clearTimeout(this.#silenceTimer);
    this.#silenceTimer = setTimeout(() => {
      if (this.#greeted) this.call("server.get", {}).catch(() => undefined);
      else this.#drop("no greeting in time");
    }, SILENCE_MAX_MS);
  }

  #drop(reason: string): void {
    const socket = this.#socket;
    this.#socket = null;
    this.#greeted = false;
    clearTimeout(this.#silenceTimer);
    socket?.close();
    for (const waiting of this.#waiting.values()) {
      clearTimeout(waiting.timer);
      waiting.reject(new Unreachable(reason));
    }
    this.#waiting.clear();
    if (this.#stopped) return;
    this.events.lost();
    this.#retryLater();
  }

  #retryLater(): void {
    clearTimeout(this.#retryTimer);
    const wait = this.#waitAtLeastMs + backoffMs(this.#attempt++, Math.random);
    this.#waitAtLeastMs = 0;
    this.#retryTimer = setTimeout(() => this.#open(), wait);
  }
}

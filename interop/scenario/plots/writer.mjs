import { Gone } from "../cast/terminal.mjs";
import { until } from "../support/wait.mjs";

/** How many messages one says before waiting until the server has them. */
const PATIENCE = 4;
/** How far one may be ahead of the others, so that all say something at every moment. */
const AHEAD = 3;

/** Several people who write side by side, up to a limit that rises, and without one while the server is down. */
export class Pace {
  isDown = false;
  isOver = false;
  writers = [];
  #limit = 0;

  grant(more) {
    this.#limit += more;
  }

  /** How many messages whoever is the slowest has said. */
  get least() {
    return Math.min(...this.active.map(({ said }) => said.length));
  }

  get active() {
    return this.writers.filter(({ isHeld }) => !isHeld);
  }

  isTurnOf({ isHeld, said }) {
    if (isHeld) return false;
    return this.isOver || this.isDown || (said.length < this.#limit && said.length < this.least + AHEAD);
  }
}

/** Somebody who writes a few messages here, a few there. */
export class Writer {
  /** What was said, in order: `{ talk, text }`. */
  said = [];
  /** Whether the next message waits until all before it are sent. */
  isWaiting = false;
  /** How often all was sent. */
  timesSent = 0;
  isHeld = false;
  #isBetween = false;

  constructor(pace, person, talks) {
    Object.assign(this, { pace, person, talks });
    pace.writers.push(this);
  }

  /** Whether one waits for a server that is not there. */
  get isStuck() {
    return this.isWaiting && this.person.connection !== "online";
  }

  /** Writes until it is over. */
  async write() {
    for (let round = 0; !this.pace.isOver; round++) {
      this.talk = this.talks[round % this.talks.length];
      await this.person.open(this.talk);
      for (let count = 0; count < PATIENCE && (await this.#turn()); count++) await this.say(this.talk, `${this.person.name} ${this.said.length + 1}`);
      await this.#sendAll();
    }
  }

  async say(talk, text) {
    this.said.push({ talk, text });
    await this.person.say(text);
  }

  /** Writes no more after what is being said. */
  async hold() {
    this.isHeld = true;
    await until(() => this.#isBetween, `${this.person.name} pauses`);
  }

  async #turn() {
    this.#isBetween = true;
    await until(() => this.pace.isTurnOf(this), `it is the turn of ${this.person.name}`, 120);
    this.#isBetween = false;
    return !this.pace.isOver;
  }

  async #sendAll() {
    this.isWaiting = true;
    await this.#untilSent();
    this.isWaiting = false;
    this.timesSent++;
  }

  async #untilSent() {
    try {
      await this.person.sentAll();
    } catch (error) {
      if (!(error instanceof Gone)) throw error;
      await until(() => this.person.isRunning, `${this.person.name} is back`);
      await this.#untilSent();
    }
  }
}

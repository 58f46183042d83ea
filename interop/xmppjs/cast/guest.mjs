import { client, xml } from "@xmpp/client";
import { randomUUID } from "node:crypto";
import WebSocket from "ws";
import { until } from "../../scenario/support/wait.mjs";

// Older Nodes have none of their own.
globalThis.WebSocket ??= WebSocket;

const MUC = "http://jabber.org/protocol/muc";
const MAM = "urn:xmpp:mam:2";
const SID = "urn:xmpp:sid:0";
const RSM = "http://jabber.org/protocol/rsm";
const READS_WITHIN_S = 60;

/** Somebody in one group with xmpp.js over WebSocket, who comes back by themselves when the connection is lost. */
export class Guest {
  /** What was said in the group: `{ id, nick, text }`, in the order in which it came. */
  heard = [];
  /** What comes while what was missed is fetched; `undefined` at other times. */
  #held;
  #isInside = false;
  #answers = new Map();

  constructor({ service, domain, name, password, room }) {
    Object.assign(this, { name, room });
    this.entity = client({ service, domain, username: name, password });
    this.entity.reconnect.delay = 100;
    this.entity.on("error", () => undefined); // A server that is gone is part of the play.
    this.entity.on("element", (element) => this.#take(element));
    this.entity.on("disconnect", () => (this.#isInside = false));
    this.entity.on("online", () => this.#enter().catch(() => undefined));
  }

  async enter() {
    await this.entity.start();
    await until(() => this.#isInside, `${this.name} is in the group`);
  }

  async leave() {
    await this.entity.stop();
  }

  /** Says something, and again when it did not arrive; ends when the group has it. */
  async says(text) {
    const id = randomUUID();
    const isThere = () => this.heard.some((one) => one.text === text);
    const message = xml("message", { to: this.room, type: "groupchat", id }, xml("body", {}, text));
    while (!isThere()) {
      await until(() => this.#isInside, `${this.name} is back`, READS_WITHIN_S);
      if (isThere()) return;
      await this.entity.send(message).catch(() => undefined);
      await until(() => isThere() || !this.#isInside, `${this.name} reads what was said`, READS_WITHIN_S);
    }
  }

  async #enter() {
    this.#held = [];
    await this.entity.send(xml("presence", { to: `${this.room}/${this.name}` }, xml("x", { xmlns: MUC }, xml("history", { maxstanzas: "0" }))));
    await this.#answer((one) => one.is("presence") && one.attrs.from === `${this.room}/${this.name}`);
    if (this.heard.length > 0) await this.#fetchMissed();
    const held = this.#held;
    this.#held = undefined;
    held.forEach((one) => this.#note(one));
    this.#isInside = true;
  }

  async #fetchMissed() {
    for (let isComplete = false; !isComplete; ) {
      const id = randomUUID();
      const after = xml("set", { xmlns: RSM }, xml("after", {}, this.heard.at(-1).id));
      await this.entity.send(xml("iq", { type: "set", to: this.room, id }, xml("query", { xmlns: MAM }, after)));
      const answer = await this.#answer((one) => one.is("iq") && one.attrs.id === id);
      isComplete = answer.getChild("fin", MAM)?.attrs.complete === "true";
    }
  }

  #answer(isIt) {
    return new Promise((resolve) => this.#answers.set(isIt, resolve));
  }

  #take(element) {
    for (const [isIt, resolve] of this.#answers) {
      if (isIt(element) && this.#answers.delete(isIt)) resolve(element);
    }
    if (!element.is("message")) return;
    const archived = element.getChild("result", MAM);
    if (archived) return this.#note(said(archived.getChild("forwarded").getChild("message"), archived.attrs.id));
    const one = said(element, element.getChild("stanza-id", SID)?.attrs.id);
    if (this.#held) this.#held.push(one);
    else this.#note(one);
  }

  #note({ id, nick, text }) {
    const isNew = text && this.heard.at(-1)?.id !== id && !this.heard.some((one) => one.id === id);
    if (isNew) this.heard.push({ id, nick, text });
  }
}

function said(message, id) {
  return { id, nick: message.attrs.from.split("/")[1], text: message.getChildText("body") };
}

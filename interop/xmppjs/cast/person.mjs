import { client, xml } from "@xmpp/client";
import { randomUUID } from "node:crypto";
import WebSocket from "ws";
import { until } from "../../scenario/support/wait.mjs";
import { addressOf, server } from "./server.mjs";

// Older Nodes have none of their own.
globalThis.WebSocket ??= WebSocket;

const MUC = "http://jabber.org/protocol/muc";

/** Somebody who uses xmpp.js. */
export class Person {
  /** Everything that came, and everything that was sent. */
  heard = [];
  sent = [];
  #failures = [];

  constructor(name, { service = "WebSocket", userAgent = randomUUID(), token } = {}) {
    this.name = name;
    this.address = addressOf(name);
    this.entity = client({
      service: server.services[service],
      domain: server.domain,
      username: name,
      password: server.password,
      userAgent: xml("user-agent", { id: userAgent }),
    });
    this.entity.reconnect.delay = 50;
    this.entity.fast.fetchToken = async () => token;
    this.entity.fast.saveToken = async (saved) => (this.token = saved);
    this.entity.on("element", (element) => this.heard.push(element));
    this.entity.on("send", (element) => this.sent.push(element));
    this.entity.on("error", (error) => this.#failures.push(error));
  }

  /** Signs in and is there for others. */
  async signIn() {
    await this.entity.start();
    await this.entity.send(xml("presence"));
    return this;
  }

  async signOut() {
    await this.entity.stop();
  }

  /** Loses the connection without a word. */
  async cut() {
    const gone = new Promise((resolve) => this.entity.once("disconnect", resolve));
    let socket = this.entity.socket;
    while (socket.socket) socket = socket.socket;
    if (socket.terminate) socket.terminate();
    else socket.destroy();
    await gone;
  }

  async says(to, text, { type = "chat" } = {}) {
    const id = randomUUID();
    await this.entity.send(xml("message", { to, type, id }, xml("body", {}, text)));
    return id;
  }

  async joins(room, nick) {
    const muc = xml("x", { xmlns: MUC }, xml("history", { maxstanzas: "0" }));
    await this.entity.send(xml("presence", { to: `${room}/${nick}` }, muc));
    const isOwn = (one) => one.is("presence") && one.getChild("x", `${MUC}#user`)?.getChildren("status").some((it) => it.attrs.code === "110");
    return this.hears(isOwn, `${nick} is in ${room}`);
  }

  /** Accepts the settings that a new group begins with, which opens it for others. */
  async accepts(room) {
    const form = xml("x", { xmlns: "jabber:x:data", type: "submit" });
    const query = xml("query", { xmlns: `${MUC}#owner` }, form);
    await this.entity.iqCaller.request(xml("iq", { type: "set", to: room }, query));
  }

  /** Makes somebody a member of a group. */
  async admits(room, address) {
    const item = xml("item", { affiliation: "member", jid: address });
    const query = xml("query", { xmlns: `${MUC}#admin` }, item);
    await this.entity.iqCaller.request(xml("iq", { type: "set", to: room }, query));
  }

  /** Waits for a stanza. */
  async hears(isIt, what) {
    return until(() => this.heard.find(isIt), `${what} (${this.#failures.join(", ")})`, 15);
  }

  /** Waits for a message with this body. */
  async reads(text) {
    return this.hears((one) => one.is("message") && one.getChildText("body") === text, `${this.name} reads “${text}”`);
  }

  /** The bodies that came, in order. */
  bodies() {
    return this.heard.filter((one) => one.is("message")).map((one) => one.getChildText("body")).filter(Boolean);
  }
}

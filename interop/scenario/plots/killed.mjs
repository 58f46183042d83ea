import { print } from "../support/checks.mjs";
import { anyMoment, until } from "../support/wait.mjs";
import { checkSaid, compare } from "./compare.mjs";
import { Pace, Writer } from "./writer.mjs";

const KILLS = 6;
/** Which of them takes a terminal along, and during which the browser is offline and loaded anew. */
const WITH_TERMINAL = 2;
const WHILE_OFFLINE = 4;
/** How many messages everybody says between two kills. */
const ROUND = 12;
const ANY_MOMENT_MS = 80;

/** The server is killed again and again while everybody writes; whatever a client has shown as sent stays. */
export async function killed(stage, checks, roll) {
  const play = await Play.begin(stage, roll);
  const writing = Promise.all(play.pace.writers.map((writer) => writer.write()));
  const killing = async () => {
    for (let number = 1; number <= KILLS; number++) await play.killOnce(number);
    play.pace.isOver = true;
  };
  await Promise.all([writing, killing()]);
  print(`  ${KILLS} kills; shown as sent before one: ${play.shownInBrowser.size} messages in the browser, ${play.shownInTerminals.size} in the terminals`);

  const texts = [];
  const places = new Set();
  for (const talk of play.talks) {
    await play.sayTheEnd(talk);
    const entries = await compare(stage, checks, talk, play.ada.person, talk.terminals);
    texts.push(...entries.map(({ text }) => text));
    for (const { seq, event_id, text } of entries) places.add(`${seq} ${event_id} ${text}`);
    const said = play.pace.writers.flatMap(({ person, said }) => said.map((one) => ({ ...one, sender: person.address })));
    checkSaid(checks, entries, said.filter((one) => one.talk === talk));
  }
  const lostInBrowser = [...play.shownInBrowser].filter((text) => !texts.includes(text));
  checks.that("what the browser showed as sent before a kill is there", lostInBrowser.length === 0, lostInBrowser);
  const lostInTerminals = [...play.shownInTerminals].filter((place) => !places.has(place));
  checks.that("what the terminals showed as sent before a kill is there, at its place", lostInTerminals.length === 0, lostInTerminals);
  const { faults } = play.ada.person;
  checks.that("nothing went wrong in the page", faults.length === 0, faults);
}

class Play {
  shownInBrowser = new Set();
  shownInTerminals = new Set();
  pace = new Pace();

  static async begin(stage, roll) {
    await stage.open();
    const play = Object.assign(new Play(), { server: stage.server, roll });
    const [ada, ben, cleo] = [await stage.browser("ada"), await stage.terminal("ben"), await stage.terminal("cleo")];
    const group = await cleo.ask({ do: "group", name: "Plans", members: [ada.address, ben.address] });
    const direct = await ben.ask({ do: "direct", user: ada.address });
    const plans = { title: "Plans", ...group, terminals: [ben, cleo] };
    const whisper = { title: "Ben", ...direct, terminals: [ben], isDirect: true };
    play.talks = [plans, whisper];
    play.ada = new Writer(play.pace, ada, [plans, whisper]);
    play.ben = new Writer(play.pace, ben, [whisper, plans]);
    play.cleo = new Writer(play.pace, cleo, [plans]);
    return play;
  }

  /** Kills the server at some moment of the traffic and starts it when everybody has unsent messages. */
  async killOnce(number) {
    this.pace.grant(ROUND);
    const enough = this.pace.least + 1 + this.roll(ROUND - 4);
    await until(() => this.pace.least >= enough, `everybody has said ${enough} messages`, 60);
    if (number === WHILE_OFFLINE) await this.#goOffline();
    await this.#noteShown();
    await anyMoment(this.roll, ANY_MOMENT_MS);
    await this.server.kill();
    this.pace.isDown = true;
    const { active } = this.pace;
    await until(() => active.every(({ isStuck }) => isStuck), "everybody waits for the server");
    const before = active.map(({ timesSent }) => timesSent);
    if (number === WITH_TERMINAL) await this.ben.person.kill();
    await this.server.start();
    this.pace.isDown = false;
    if (number === WITH_TERMINAL) this.ben.person.start();
    if (number === WHILE_OFFLINE) await this.#comeBack();
    await until(() => active.every(({ timesSent }, index) => timesSent > before[index]), "everybody has sent what was waiting", 60);
  }

  async #noteShown() {
    for (const text of await this.ada.person.shownAsSent()) this.shownInBrowser.add(text);
    for (const { person, talks } of [this.ben, this.cleo]) {
      for (const { conversation } of talks) {
        const entries = await person.shownAsSent(conversation);
        for (const { seq, event_id, text } of entries) this.shownInTerminals.add(`${seq} ${event_id} ${text}`);
      }
    }
  }

  /** The browser loses the network, writes, and is loaded anew. */
  async #goOffline() {
    await this.ada.hold();
    const { person } = this.ada;
    await person.isReadyForOffline();
    await person.context.setOffline(true);
    const texts = [1, 2, 3].map((number) => `ada offline ${number}`);
    for (const text of texts) await this.ada.say(this.ada.talk, text);
    await until(async () => (await person.countKept()) >= texts.length, "the browser has kept what is unsent");
    await person.page.reload();
    for (const text of texts) await until(() => person.isUnsent(text), `${text} is kept`);
  }

  async #comeBack() {
    await this.ada.person.context.setOffline(false);
    await this.ada.person.sentAll();
    this.ada.isHeld = false;
  }

  /** The last word of a conversation, seen by all. */
  async sayTheEnd(talk) {
    for (const { person } of this.pace.writers) {
      if (person === this.cleo.person && talk.isDirect) continue;
      await person.open(talk);
    }
    await this.ben.say(talk, "the end");
    await Promise.all([this.ada.person, ...talk.terminals].map((person) => person.sees("the end")));
  }
}

import { Guest } from "../../xmppjs/cast/guest.mjs";
import { Guests } from "../cast/guests.mjs";
import { print } from "../support/checks.mjs";
import { entriesOfServer } from "../support/log.mjs";
import { anyMoment, until } from "../support/wait.mjs";

const TERMINALS = ["ben", "cleo", "dora"];
const WITH_XMPP_JS = ["eva", "finn", "gwen", "hugo", "ida", "jon", "kim", "leo"];
const WITH_SLIXMPP = ["mia", "nils", "olga", "paul", "quinn", "rosa", "sam", "tess"];
const MESSAGES_EACH = 8;
const KILLED_AFTER = 3;
const ANY_MOMENT_MS = 200;
const ALL_WITHIN_S = 90;

/** Twenty people at the browser, at terminals, with xmpp.js and slixmpp write into one group; the server is killed meanwhile. */
export async function everyone(stage, checks, roll) {
  await stage.open();
  const ada = await stage.browser("ada");
  const terminals = [];
  for (const name of TERMINALS) terminals.push(await stage.terminal(name));
  const outside = [];
  for (const name of [...WITH_XMPP_JS, ...WITH_SLIXMPP]) outside.push(await stage.account(name));
  const members = [ada, ...terminals.slice(1), ...outside].map(({ address }) => address);
  const talk = { title: "Square", ...(await terminals[0].ask({ do: "group", name: "Square", members })) };
  for (const person of [ada, ...terminals]) await person.open(talk);
  const guests = await enter(stage, `square@${stage.server.groups}`);
  try {
    await write(stage, roll, [amidOthers(ada)], terminals.map(atHome), guests.map(asGuest));
    await compare(stage, checks, talk, { ada, terminals, guests });
  } finally {
    for (const guest of guests) await guest.leave();
  }
  checks.that("nothing went wrong in the page", ada.faults.length === 0, ada.faults);
}

async function enter(stage, room) {
  const { password, url, xmpp } = stage.server;
  const service = `${url.replace("http", "ws")}/xmpp-websocket`;
  const overWebSocket = WITH_XMPP_JS.map((name) => new Guest({ service, domain: "localhost", name, password, room }));
  await Promise.all(overWebSocket.map((guest) => guest.enter()));
  const overTcp = await Guests.enter({ ...xmpp, password, room, names: WITH_SLIXMPP });
  return [...overWebSocket, ...overTcp];
}

/** Everybody writes side by side; once everybody has said a few things, the server is killed and started. */
async function write(stage, roll, ...groups) {
  const people = groups.flat();
  const said = people.map(() => 0);
  const writing = people.map(async (person, index) => {
    for (let number = 1; number <= MESSAGES_EACH; number++) {
      await person.says(`${person.name} ${number}`);
      said[index]++;
    }
  });
  const killing = async () => {
    await until(() => Math.min(...said) >= KILLED_AFTER, `everybody has said ${KILLED_AFTER} messages`, ALL_WITHIN_S);
    await anyMoment(roll, ANY_MOMENT_MS);
    print(`  the server is killed when ${said.reduce((sum, one) => sum + one)} messages have been said`);
    await stage.server.kill();
    await stage.server.start();
  };
  await Promise.all([...writing, killing()]);
  await Promise.all(people.map((person) => person.sentAll()));
}

const atHome = (person) => ({ name: person.name, says: (text) => person.say(text), sentAll: () => person.sentAll() });
const amidOthers = (browser) => ({ ...atHome(browser), says: (text) => browser.sayAmidOthers(text) });
const asGuest = (guest) => ({ name: guest.name, says: (text) => guest.says(text), sentAll: async () => undefined });

/** Reads what everybody has in the end, and shows how each differs from the server. */
async function compare(stage, checks, talk, { ada, terminals, guests }) {
  const events = await stage.events(ada, talk.conversation);
  const entries = entriesOfServer(events).filter(({ kind }) => kind === "message");
  const lines = entries.map(({ sender, text }) => `${sender.split("@")[0]}: ${text}`);
  checks.that("the places are dense from 1", events.every(({ seq }, index) => seq === index + 1), events.map(({ seq }) => seq));
  checkSaid(checks, lines, [ada, ...terminals, ...guests]);

  const views = [["browser of ada", await atBrowser(stage, ada, talk)]];
  for (const terminal of terminals) views.push([`terminal of ${terminal.name}`, await atTerminal(terminal, talk)]);
  for (const guest of guests) views.push([`XMPP of ${guest.name}`, await atGuest(guest, lines.length)]);
  for (const [who, view] of views) {
    const differences = differencesOf(view, lines);
    checks.that(`${who}: ${differences.length} differences in ${view.length} lines`, differences.length === 0, differences.slice(0, 5));
  }
}

function checkSaid(checks, lines, people) {
  for (const { name } of people) {
    const own = lines.filter((line) => line.startsWith(`${name}: `));
    checks.equal(`what ${name} said is there once and in order`, own, Array.from({ length: MESSAGES_EACH }, (_, number) => `${name}: ${name} ${number + 1}`));
  }
}

async function atBrowser(stage, browser, talk) {
  const names = new Map([...stage.names].map(([address, display]) => [display, address.split("@")[0]]));
  await browser.open(talk);
  const lines = (await browser.read()).map((line) => /^\d\d:\d\d ([^:]+): (.*)$/.exec(line)).filter(Boolean);
  return lines.map(([, who, text]) => `${names.get(who)}: ${text}`);
}

async function atTerminal(terminal, talk) {
  const { entries } = await terminal.read(talk.conversation);
  return entries.filter(({ kind }) => kind === "message").map(({ sender, text }) => `${sender.split("@")[0]}: ${text}`);
}

async function atGuest(guest, count) {
  await until(async () => {
    await guest.listen?.();
    return guest.heard.length >= count;
  }, `${guest.name} has heard all`, ALL_WITHIN_S).catch(() => undefined);
  return guest.heard.map(({ nick, text }) => `${nick}: ${text}`);
}

function differencesOf(view, lines) {
  const places = Array.from({ length: Math.max(view.length, lines.length) }, (_, place) => place);
  return places.filter((place) => view[place] !== lines[place]).map((place) => ({ place, is: view[place], should: lines[place] }));
}

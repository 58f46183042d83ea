import { checkSaid, compare } from "./compare.mjs";

const TURNS = 20;
const AT_ONCE = 40;
const WORDS = ["But soft!", "Grüße", "你好，世界", "שלום", "👩‍👩‍👧 and 🎉", "a < b & c > d", "so long ".repeat(25).trim()];

/** Two conversations, written to by turns and all at once, with everything that can be done to a message. */
export async function together(stage, checks) {
  await stage.open();
  const ada = await stage.browser("ada");
  const [ben, cleo] = [await stage.terminal("ben"), await stage.terminal("cleo")];
  const group = await ben.ask({ do: "group", name: "Plans", members: [ada.address, cleo.address] });
  const direct = await ben.ask({ do: "direct", user: ada.address });
  await converse(stage, checks, { title: "Plans", ...group }, ada, [ben, cleo]);
  await converse(stage, checks, { title: "Ben", ...direct, isDirect: true }, ada, [ben]);
  checks.that("nothing went wrong in the page", ada.faults.length === 0, ada.faults);
}

async function converse(stage, checks, talk, browser, terminals) {
  const people = [browser, ...terminals];
  for (const person of people) await person.open(talk);
  const said = [...(await byTurns(people)), ...(await atOnce(people)), ...(await deeds(browser, terminals[0]))];
  said.push(await heardByAll(people, terminals[0], "the end"));
  checkSaid(checks, await compare(stage, checks, talk, browser, terminals), said);
}

function textOf({ name }, number) {
  return `${name} ${number}: ${WORDS[number % WORDS.length]}`;
}

/** Each speaks when all have seen what was said before. */
async function byTurns(people) {
  const said = [];
  for (let number = 0; number < TURNS; number++) {
    for (const person of people) said.push(await heardByAll(people, person, textOf(person, number)));
  }
  return said;
}

async function heardByAll(people, speaker, text) {
  await speaker.say(text);
  await Promise.all(people.map((person) => person.sees(text)));
  return { sender: speaker.address, text };
}

async function atOnce(people) {
  const said = people.map(async (person) => {
    const texts = Array.from({ length: AT_ONCE }, (_, number) => textOf(person, TURNS + number));
    for (const text of texts) await person.sayAmidOthers(text);
    return texts.map((text) => ({ sender: person.address, text }));
  });
  const all = (await Promise.all(said)).flat();
  // What is said next is said after it.
  for (const person of people) await person.sentAll();
  return all;
}

/** Edits, reactions, replies and deletions in both kinds of clients; answers with what is left of what was said. */
async function deeds(ada, ben) {
  for (const person of [ada, ben]) {
    for (const what of ["changes", "keeps", "deletes"]) await person.say(`${person.name} ${what}`);
  }
  await Promise.all([ada.sees("ben deletes"), ben.sees("ada deletes")]);
  await ben.act("edit", "ben changes", { text: "ben changed" });
  await ada.sees("ben changed");
  await ada.edit("ada changes", "ada changed");
  await ben.sees("ada changed");
  await ada.react("ben keeps", "👍");
  await ben.act("react", "ben keeps", { emoji: "👍" });
  await ben.act("react", "ada keeps", { emoji: "🎉" });
  await ada.reply("ben changed", "ada answers");
  await ben.reply("ada changed", "ben answers");
  await ada.remove("ada deletes");
  await ben.act("delete", "ben deletes");
  return [ada, ben].flatMap(({ name, address }) => ["changed", "keeps", "answers"].map((what) => ({ sender: address, text: `${name} ${what}` })));
}

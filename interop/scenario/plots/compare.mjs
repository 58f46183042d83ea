import { print } from "../support/checks.mjs";
import { entriesOfServer, hashOf, linesOf } from "../support/log.mjs";

/**
 * Reads a conversation as everybody sees it and checks that all see the same, line by line; where places
 * and ids are told, those too. Answers with what the server has.
 */
export async function compare(stage, checks, talk, browser, terminals) {
  const { conversation, title, isDirect = false } = talk;
  const events = await stage.events(browser, conversation);
  const entries = entriesOfServer(events);
  const lines = linesOf(entries, stage.names, { isDirect });
  print(`  ${title}: ${lines.length} lines of ${events.length} events`);
  checks.that("the places are dense from 1", events.every(({ seq }, index) => seq === index + 1), events.map(({ seq }) => seq));

  await browser.open(talk);
  const views = [{ who: `browser of ${browser.display}`, lines: await browser.read() }];
  for (const terminal of terminals) {
    const { entries: seen, unsent } = await terminal.read(conversation);
    views.push({ who: `terminal of ${terminal.display}`, lines: linesOf(seen, stage.names, { isDirect }) });
    checks.equal(`the terminal of ${terminal.display} has the server's places and ids`, placesOf(seen), placesOf(entries));
    checks.that(`the terminal of ${terminal.display} has nothing unsent`, unsent.length === 0, unsent);
  }
  for (const view of views) checks.equal(`the ${view.who} shows what the server has`, view.lines, lines);
  const hashes = [{ who: "server", lines }, ...views].map((view) => ({ who: view.who, hash: hashOf(view.lines) }));
  for (const { who, hash } of hashes) print(`    ${hash}  ${who}`);
  if (hashes.every(({ hash }) => hash === hashes[0].hash)) print("    identical");
  return entries;
}

function placesOf(entries) {
  return entries.map(({ seq, event_id }) => `${seq} ${event_id}`);
}

/** Checks that the log holds what was said, in the order in which each person said it, once, and nothing else. */
export function checkSaid(checks, entries, said) {
  const texts = entries.filter(({ kind }) => kind === "message").map(({ sender, text }) => ({ sender, text }));
  for (const sender of new Set(said.map((one) => one.sender))) {
    const own = (all) => all.filter((one) => one.sender === sender).map(({ text }) => text);
    checks.equal(`what ${sender} said is there once and in order`, own(texts), own(said));
  }
  checks.that(`there are ${said.length} messages`, texts.length === said.length, `${texts.length} instead`);
}

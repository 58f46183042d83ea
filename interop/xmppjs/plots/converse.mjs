import { Browser } from "../cast/browser.mjs";
import { Person } from "../cast/person.mjs";
import { server } from "../cast/server.mjs";

/** Somebody at Converse.js and somebody at xmpp.js talk, alone and in a group. */
export async function converse(checks) {
  const browser = await Browser.open();
  const mercutio = await new Person("mercutio").signIn();
  try {
    await plot(checks, browser, mercutio);
  } finally {
    await browser.close();
    await mercutio.signOut();
  }
}

async function plot(checks, browser, mercutio) {
  const tab = await (await browser.tab("nurse")).signIn();
  checks.that("Converse.js signs in", true);

  await tab.open(mercutio.address);
  await tab.says("God ye good morrow");
  await mercutio.reads("God ye good morrow");
  checks.that("what is typed arrives", true);
  await mercutio.says(tab.address, "God ye good den");
  await tab.sees("God ye good den");
  checks.that("what comes is shown", true);

  const room = `square@${server.groups}`;
  await mercutio.joins(room, "Mercutio");
  await mercutio.accepts(room);
  await mercutio.admits(room, tab.address);
  await tab.open(room, "Nurse");
  await tab.says("is it good den?");
  await mercutio.reads("is it good den?");
  await mercutio.says(room, "’tis no less", { type: "groupchat" });
  await tab.sees("’tis no less");
  checks.that("both speak in a group", true);

  const later = await (await browser.tab("nurse")).signIn();
  await later.open(mercutio.address);
  await later.sees("God ye good den");
  checks.equal("a fresh browser shows the talk", await later.texts(), ["God ye good morrow", "God ye good den"]);
  await later.open(room, "Nurse2");
  await later.sees("’tis no less");
  checks.equal("a fresh browser shows the group", await later.texts(), ["is it good den?", "’tis no less"]);
}

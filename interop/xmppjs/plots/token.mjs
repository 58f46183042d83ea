import { randomUUID } from "node:crypto";
import { Person } from "../cast/person.mjs";

const isSignIn = (element) => element.is("authenticate", "urn:xmpp:sasl:2");

/** Somebody signs in with a password and comes back with the token that was given out. */
export async function token(checks) {
  const userAgent = randomUUID();
  const first = await new Person("romeo", { userAgent }).signIn();
  checks.that("SASL2 is used", first.sent.some(isSignIn));
  checks.that("a token is given out", first.token?.token !== undefined, first.token);
  await first.signOut();

  const second = await new Person("romeo", { userAgent, token: first.token }).signIn();
  const mechanisms = second.sent.filter(isSignIn).map((element) => element.attrs.mechanism);
  checks.equal("the token is enough to come back", mechanisms, ["HT-SHA-256-NONE"]);
  const juliet = await new Person("juliet").signIn();
  await second.says(juliet.address, "still me");
  await juliet.reads("still me");
  await juliet.signOut();
  await second.signOut();

  const spoilt = { ...first.token, token: "spoilt" };
  const third = await new Person("romeo", { userAgent, token: spoilt }).signIn();
  const tried = third.sent.filter(isSignIn).map((element) => element.attrs.mechanism);
  checks.that("a wrong token is refused, and the password still works", tried.length === 2 && tried[0] === "HT-SHA-256-NONE", tried);
  await third.signOut();
}

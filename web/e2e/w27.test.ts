import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { figure, Stage } from "./support/stage.ts";
import { composer, openChat, say, send, twoPeople } from "./support/talk.ts";
import { answer, choose, main, panel, saidIn, saying, showThreads } from "./support/threads.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.set();
});
afterAll(() => stage?.strike());

const threadLink = (page: Page, title: string, root: string, count: string) => saidIn(main(page, title), root).getByRole("button", { name: new RegExp(`^${count}`) });
const isThreadOpen = (page: Page) => page.evaluate(() => location.pathname.includes("/t/"));

it("W27 a thread is a conversation of its own beside the one it belongs to", async () => {
  const { a, b } = await twoPeople(stage);
  await Promise.all([openChat(a, "Bob"), openChat(b, "Alice")]);
  await send(a, "Bob", "who brings the cake");
  await send(a, "Bob", "and another thing");
  await saidIn(main(b, "Alice"), "who brings the cake").waitFor();

  await choose(a, saidIn(main(a, "Bob"), "who brings the cake"), "Reply in thread");
  await answer(a, "I could");
  await saidIn(panel(a), "I could").waitFor();
  await threadLink(a, "Bob", "who brings the cake", "1 reply").waitFor();
  await threadLink(b, "Alice", "who brings the cake", "1 reply.*New replies$").click();
  await saidIn(panel(b), "I could").waitFor();
  await expect.poll(() => threadLink(b, "Alice", "who brings the cake", "1 reply.*New replies$").count()).toBe(0);

  await answer(b, "with cherries");
  await saidIn(panel(a), "with cherries").waitFor();
  await threadLink(a, "Bob", "who brings the cake", "2 replies").waitFor();
  for (const page of [a, b]) expect(await saidIn(main(page, page === a ? "Bob" : "Alice"), "with cherries").count()).toBe(0);

  await choose(b, saidIn(panel(b), "with cherries"), "Edit");
  const editor = panel(b).getByRole("textbox", { name: "Reply in thread" });
  await editor.fill("with plums");
  await editor.press("Enter");
  await saidIn(panel(a), "with plums").waitFor();
  await saidIn(panel(a), "with plums").hover();
  await saidIn(panel(a), "with plums").getByRole("button", { name: "Add reaction" }).click();
  await a.getByRole("menuitem", { name: "React with 🎉" }).click();
  await saidIn(panel(b), "with plums").getByRole("button", { name: "🎉, 1 reaction" }).waitFor();
  await choose(a, saidIn(panel(a), "I could"), "Delete");
  await a.getByRole("button", { name: "Delete", exact: true }).click();
  await threadLink(b, "Alice", "who brings the cake", "1 reply").waitFor();

  await b.context().setOffline(true);
  await answer(b, "said in a tunnel");
  await saidIn(panel(b), "said in a tunnel").waitFor();
  await b.context().setOffline(false);
  await saidIn(panel(a), "said in a tunnel").waitFor();
  figure("W27", "replies, an edit, a reaction, a deletion and a reply without a network reached the other panel, and none of them the conversation");
});

it("W27 a thread has an address: it can be reloaded with its draft, left and come back to, also on a phone", async () => {
  const carol = await stage.account("carol");
  const dan = await stage.account("dan");
  const { conversation } = await carol.call("conversation.direct", { user: dan.address });
  const root = await say(carol, conversation, "where do we meet");
  const reply = await say(dan, conversation, "at the station", { thread: root.event_id });
  const context = await stage.context({ viewport: { width: 390, height: 780 } });
  const c = await stage.enter(carol, context);
  await openChat(c, "Dan");
  await threadLink(c, "Dan", "where do we meet", "1 reply").click();
  await saidIn(panel(c), "at the station").waitFor();
  expect(await main(c, "Dan").isVisible()).toBe(false);
  await panel(c).getByRole("textbox", { name: "Reply in thread" }).fill("at noon, or");

  await c.goBack();
  await expect.poll(() => main(c, "Dan").isVisible()).toBe(true);
  expect(await panel(c).count()).toBe(0);
  expect(await composer(c, "Dan").inputValue()).toBe("");
  await c.goForward();
  await saidIn(panel(c), "at the station").waitFor();
  const draft = () => panel(c).getByRole("textbox", { name: "Reply in thread" }).inputValue();
  await expect.poll(draft).toBe("at noon, or");
  await c.reload();
  await saidIn(panel(c), "at the station").waitFor();
  await expect.poll(draft).toBe("at noon, or");
  await panel(c).getByRole("button", { name: "Back" }).click();
  await expect.poll(() => main(c, "Dan").isVisible()).toBe(true);

  await c.goto(`${stage.server.url}/c/${conversation}/${reply.seq}`);
  await expect.poll(() => isThreadOpen(c)).toBe(true);
  await saidIn(panel(c), "at the station").waitFor();
  figure("W27", "on a phone a thread filled the window, kept its draft over back, forward and a reload, and a link to a reply led into it");
});

it("W27 threads, inline and topics show the same messages, and are switched live at both sides", async () => {
  const eve = await stage.account("eve");
  const finn = await stage.account("finn");
  const { conversation } = await eve.call("conversation.direct", { user: finn.address });
  const first = await say(eve, conversation, "first topic");
  const second = await say(finn, conversation, "second topic");
  await say(finn, conversation, "one about the first", { thread: first.event_id });
  await say(eve, conversation, "one about the second", { thread: second.event_id });
  await say(eve, conversation, "two about the first", { thread: first.event_id });
  const everything = ["first topic", "second topic", "one about the first", "one about the second", "two about the first"];
  const inThread = { first: ["first topic", "one about the first", "two about the first"], second: ["second topic", "one about the second"] };
  const e = await stage.enter(eve);
  const f = await stage.enter(finn);
  await Promise.all([openChat(e, "Finn"), openChat(f, "Eve")]);
  const sides = [[e, "Finn"], [f, "Eve"]] as const;

  const seeThreads = async () => {
    for (const [page, title] of sides) {
      await expect.poll(() => saying(main(page, title))).toEqual(["first topic", "second topic"]);
      for (const [root, count, said] of [["first topic", "2 replies", inThread.first], ["second topic", "1 reply", inThread.second]] as const) {
        await threadLink(page, title, root, count).click();
        await expect.poll(() => saying(panel(page))).toEqual(said);
      }
      await page.getByRole("button", { name: "Close thread" }).click();
    }
  };

  await seeThreads();
  await showThreads(e, "Within the conversation");
  for (const [page, title] of sides) {
    await main(page, title).getByText("Eve chose to show threads within the conversation").waitFor();
    await expect.poll(() => saying(main(page, title))).toEqual(everything);
    await saidIn(main(page, title), "two about the first").getByRole("button", { name: /first topic$/ }).waitFor();
  }
  await showThreads(f, "As a list of topics");
  for (const [page] of sides) {
    const topics = page.getByRole("list", { name: "Topics" });
    await expect.poll(() => topics.getByRole("button").count()).toBe(2);
    for (const [name, said] of [[/^first topic.*2 replies/, inThread.first], [/^second topic.*1 reply/, inThread.second]] as const) {
      await topics.getByRole("button", { name }).click();
      await expect.poll(() => saying(panel(page))).toEqual(said);
    }
    await page.getByRole("button", { name: "Close thread" }).click();
  }
  await e.getByRole("button", { name: "New topic" }).click();
  await e.keyboard.type("third topic");
  await e.keyboard.press("Enter");
  await f.getByRole("list", { name: "Topics" }).getByRole("button", { name: /^third topic.*New replies$/ }).click();
  await saidIn(panel(f), "third topic").waitFor();
  await f.getByRole("button", { name: "Close thread" }).click();
  const [newest] = (await eve.call("event.list", { conversation, limit: 50 })).items.filter(({ kind }) => kind === "message").slice(-1);
  await eve.call("event.delete", { conversation, event: newest?.event_id ?? "", client_ref: "gone" });
  await showThreads(e, "Beside the conversation");
  await expect.poll(() => main(e, "Finn").getByText("This message was deleted").count()).toBe(1);
  const log = (await eve.call("event.list", { conversation, limit: 50 })).items.flatMap((event) => (event.kind === "message" && event.content.body.type === "text" ? [event.content.body.text] : []));
  expect(log).toEqual(everything);
  figure("W27", `${everything.length} messages stood in threads, in the conversation and in topics, for both people, without a reload`);
});

it("W27 readers of a channel comment where owners let them", async () => {
  const owner = await stage.account("olga");
  const reader = await stage.account("rob");
  const { conversation } = await owner.call("conversation.create", { kind: "channel", name: "Bulletin", members: [reader.address] });
  const post = await say(owner, conversation, "the fair is on Sunday");
  const r = await stage.enter(reader);
  const o = await stage.enter(owner);
  await o.getByRole("link", { name: /^Bulletin/ }).click();
  await r.getByRole("link", { name: /^Bulletin/ }).click();
  await r.getByText("2 subscribers").waitFor();
  await r.getByText("Only some members may write here.").waitFor();
  await saidIn(main(r, "Bulletin"), "the fair is on Sunday").hover();
  await saidIn(main(r, "Bulletin"), "the fair is on Sunday").getByRole("button", { name: "More actions" }).click();
  expect(await r.getByRole("menuitem", { name: "Reply in thread" }).count()).toBe(0);
  await r.keyboard.press("Escape");
  const refused = await reader.call("event.send", { conversation, client_ref: "no", body: { type: "text", text: "no" }, thread: post.event_id }).catch(({ message }: Error) => message);
  expect(refused).toContain("conversation.forbidden");

  await o.getByRole("button", { name: "Conversation details" }).click();
  await o.getByRole("switch", { name: "Readers may comment" }).check();
  await o.getByRole("dialog").getByRole("button", { name: "Close" }).click();
  await choose(r, saidIn(main(r, "Bulletin"), "the fair is on Sunday"), "Reply in thread");
  await answer(r, "I shall come");
  await threadLink(o, "Bulletin", "the fair is on Sunday", "1 reply").click();
  await saidIn(panel(o), "I shall come").waitFor();
  await r.getByText("Only some members may write here.").waitFor();
  figure("W27", "a reader commented below a post of a channel once its owner allowed it, and still posted nothing");
});

import type { Body, Event, Fold, Mention, User } from "../api/types.ts";

export const DOMAIN = "example.org";
export const ME = `alice@${DOMAIN}`;
export const BOB = `bob@${DOMAIN}`;
export const CAROL = `carol@${DOMAIN}`;

export const PEOPLE: readonly User[] = [
  { address: ME, display_name: "Alice Arden", kind: "person" },
  { address: BOB, display_name: "Bob Bramble", kind: "person" },
  { address: CAROL, display_name: "Carol Lindqvist-Montgomery of the Northern Reading Circle", kind: "person" },
  { address: `amir@${DOMAIN}`, display_name: "أمير حداد", kind: "person" },
];

/** Something that was said in the gallery. */
export interface Line {
  readonly from: string;
  readonly text: string;
  readonly minutesAgo: number;
  readonly reply_to?: string;
  readonly thread?: string;
  readonly mentions?: readonly Mention[];
  readonly fold?: Fold;
}

export function eventOf(conversation: string, line: Line, seq: number): Event {
  const body: Body = { type: "text", text: line.text, ...(line.mentions ? { mentions: [...line.mentions] } : {}) };
  return {
    conversation,
    epoch: 1,
    seq,
    event_id: `${conversation}-${seq}`,
    at: minutesAgo(line.minutesAgo),
    sender: line.from,
    kind: "message",
    content: { body, ...(line.reply_to ? { reply_to: line.reply_to } : {}), ...(line.thread ? { thread: line.thread } : {}) },
    ...(line.fold ? { fold: line.fold } : {}),
  };
}

export function minutesAgo(minutes: number): string {
  return new Date(Date.now() - minutes * 60_000).toISOString();
}

const CODE = "Try this:\n\n```rust\nfn main() {\n    let names = [\"Ada\", \"Grace\"]; // two of many\n    println!(\"Hello, {names:?}\");\n}\n```";
const MARKS = "**Bold**, _slanted_, ~~gone~~, `code` and https://example.org/a/rather/long/address\n\n- first\n- second\n\n> Somebody said this.";

/** A conversation of several days that shows every kind of message. */
export const PLANS: readonly Line[] = [
  { from: BOB, text: "Shall we meet on Thursday?", minutesAgo: 4400 },
  { from: ME, text: "Thursday works for me.", minutesAgo: 4390 },
  { from: CAROL, text: MARKS, minutesAgo: 1600 },
  { from: CAROL, text: "And one more thing, which takes a little longer to say because it is about the room, the tea, the projector and who brings the keys.", minutesAgo: 1599 },
  { from: ME, text: "I bring the keys.", minutesAgo: 1590, reply_to: "plans-4", fold: { edited_at: minutesAgo(1580), pinned: true, changed_seq: 5, reactions: [{ emoji: "👍", count: 2, users: [BOB, CAROL], mine: false }, { emoji: "🎉", count: 1, users: [ME], mine: true }] } },
  { from: BOB, text: "@alice and @everyone: thank you!", minutesAgo: 60, mentions: [{ start: 0, end: 6, who: ME }, { start: 11, end: 20, who: "everyone" }] },
  { from: BOB, text: CODE, minutesAgo: 58 },
  { from: `amir@${DOMAIN}`, text: "مرحبا! هل نلتقي يوم الخميس في الساعة السادسة؟", minutesAgo: 40 },
  { from: BOB, text: "In the end ||the gardener|| did it.", minutesAgo: 35 },
  { from: ME, text: "🎉🎉", minutesAgo: 30 },
  { from: CAROL, text: "Averyveryverylongwordwithoutanyplacetobreakitwhichpeopledopastefromtimetotimeintochats", minutesAgo: 12 },
  { from: ME, text: "See you there.", minutesAgo: 3 },
];

/** A conversation with threads. */
export const GARDEN: readonly Line[] = [
  { from: BOB, text: "**Who waters the tomatoes** in August?\n\nWe are away for two weeks.", minutesAgo: 600, fold: { replies: 3, changed_seq: 6 } },
  { from: CAROL, text: "The compost is full.", minutesAgo: 590, fold: { replies: 1, changed_seq: 7 } },
  { from: CAROL, text: "I can, in the first week.", minutesAgo: 500, thread: "garden-1" },
  { from: ME, text: "And I in the second.", minutesAgo: 490, thread: "garden-1" },
  { from: ME, text: "There is cake on the bench.", minutesAgo: 300 },
  { from: BOB, text: "Thank you both! The key is under the third pot from the left.", minutesAgo: 20, thread: "garden-1", fold: { reactions: [{ emoji: "❤️", count: 2, users: [ME, CAROL], mine: true }], changed_seq: 6 } },
  { from: ME, text: "I'll turn it over on Saturday.", minutesAgo: 10, thread: "garden-2" },
];

import type { Event } from "../api/types.ts";
import { mentions, messageOf } from "../model/item.ts";
import { tailOf } from "../model/timeline.ts";
import { text } from "../text/text.ts";
import type { Gateway } from "./gateway.ts";
import { excerpt, nameOf } from "./names.ts";
import { Observable, type Readable } from "./observable.ts";
import type { DevicePreferences } from "./preferences.ts";

export interface Announcement {
  readonly key: string;
  readonly text: string;
}

const KEPT_MAX = 5;

/** What a screen reader reads out: messages of others that come in while a conversation is open, each once. */
export function openAnnouncements(
  gateway: Gateway,
  conversation: string,
  preferences: Readable<DevicePreferences>,
): { readonly snapshot: Readable<readonly Announcement[]>; dispose(): void } {
  const snapshot = new Observable<readonly Announcement[]>([]);
  let known = gateway.current.conversations.get(conversation)?.head ?? Infinity;

  const stopFollowing = gateway.subscribe((state) => {
    const head = state.conversations.get(conversation)?.head ?? known;
    if (known === Infinity) known = head;
    if (head <= known) return;
    const timeline = state.timelines.get(conversation);
    const tail = timeline && tailOf(timeline);
    if (!tail || tail.to < head) return;
    const news = tail.items.filter((item) => item.seq > known && isAnnounced(item, state.me?.address ?? "", preferences.current));
    known = head;
    if (news.length === 0) return;
    const said = news.map((item) => ({ key: item.event_id, text: text("announcement", { name: nameOf(state, item.sender), text: excerpt(item) }) }));
    snapshot.set([...snapshot.current, ...said].slice(-KEPT_MAX));
  });
  return { snapshot, dispose: stopFollowing };
}

function isAnnounced(item: Event, me: string, { announced }: DevicePreferences): boolean {
  const message = messageOf(item);
  if (!message || item.sender === me) return false;
  return announced === "all" || (announced === "mentions" && mentions(message.body, me));
}

import { text } from "../text/text.ts";
import type { Gateway } from "./gateway.ts";
import { Observable, type Readable } from "./observable.ts";

const PATIENCE_MS = 3_000;

/** What to say about the connection: nothing while it works or has been gone only for a moment. */
export function linkNotice(gateway: Gateway): Readable<string | null> {
  const notice = new Observable<string | null>(null);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isTrouble = false;
  gateway.subscribe(({ link }) => {
    if (isTrouble === (link !== "online")) return;
    isTrouble = link !== "online";
    clearTimeout(timer);
    if (!isTrouble) return notice.set(null);
    timer = setTimeout(() => {
      notice.set(text(gateway.current.link === "offline" ? "link_offline" : "link_connecting"));
    }, PATIENCE_MS);
  });
  return notice;
}

import type { Place } from "./places.ts";

/** Where in the client a person is; each place has an address. */
export type Route =
  | { readonly at: "home" }
  | {
      readonly at: "conversation";
      readonly conversation: string;
      readonly message?: number;
      /** The thread that is open beside the conversation, by its first message. */
      readonly thread?: string;
      /** Whether the threads are listed beside the conversation. */
      readonly threads?: true;
      /** Where the person was when they were here before; no part of the address. */
      readonly place?: Place;
    }
  | { readonly at: "register"; readonly invitation?: string }
  | { readonly at: "join"; readonly code: string };

export function parseRoute(path: string): Route {
  const [head, ...rest] = path.split("/").filter((part) => part !== "").map(decodeURIComponent);
  const [first, second, third, fourth] = rest;
  if (head === "c" && first && second === "t" && third) return { at: "conversation", conversation: first, thread: third, ...seqOf(fourth) };
  if (head === "c" && first && second === "threads") return { at: "conversation", conversation: first, threads: true };
  if (head === "c" && first) return { at: "conversation", conversation: first, ...seqOf(second) };
  if (head === "invite" && first) return { at: "register", invitation: first };
  if (head === "register") return { at: "register" };
  if (head === "join" && first) return { at: "join", code: first };
  return { at: "home" };
}

export function formatRoute(route: Route): string {
  switch (route.at) {
    case "conversation": {
      const beside = route.thread !== undefined ? `/t/${encodeURIComponent(route.thread)}` : route.threads ? "/threads" : "";
      const place = route.message === undefined ? "" : `/${route.message}`;
      return `/c/${encodeURIComponent(route.conversation)}${beside}${place}`;
    }
    case "register":
      return route.invitation === undefined ? "/register" : `/invite/${encodeURIComponent(route.invitation)}`;
    case "join":
      return `/join/${encodeURIComponent(route.code)}`;
    case "home":
      return "/";
  }
}

function seqOf(part: string | undefined): { message?: number } {
  return part && /^\d+$/.test(part) ? { message: Number(part) } : {};
}

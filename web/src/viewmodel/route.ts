import type { Place } from "./places.ts";

/** Where in the client a person is; each place has an address. */
export type Route =
  | { readonly at: "home" }
  | {
      readonly at: "conversation";
      readonly conversation: string;
      readonly message?: number;
      /** Where the person was when they were here before; no part of the address. */
      readonly place?: Place;
    }
  | { readonly at: "register"; readonly invitation?: string }
  | { readonly at: "join"; readonly code: string };

export function parseRoute(path: string): Route {
  const [head, ...rest] = path.split("/").filter((part) => part !== "").map(decodeURIComponent);
  const [first, second] = rest;
  if (head === "c" && first) return { at: "conversation", conversation: first, ...seqOf(second) };
  if (head === "invite" && first) return { at: "register", invitation: first };
  if (head === "register") return { at: "register" };
  if (head === "join" && first) return { at: "join", code: first };
  return { at: "home" };
}

export function formatRoute(route: Route): string {
  switch (route.at) {
    case "conversation": {
      const place = route.message === undefined ? "" : `/${route.message}`;
      return `/c/${encodeURIComponent(route.conversation)}${place}`;
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

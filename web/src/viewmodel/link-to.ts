import { formatRoute, parseRoute, type Route } from "./route.ts";

/** The address of a message, for others to follow. */
export function linkTo(origin: string, conversation: string, message: number | null): string {
  return origin + formatRoute({ at: "conversation", conversation, ...(message === null ? {} : { message }) });
}

/** The place in this client that an address leads to; nothing when it leads elsewhere. */
export function routeOf(origin: string, address: string): Route | null {
  const url = URL.parse(address);
  if (url?.origin !== origin) return null;
  const route = parseRoute(url.pathname);
  return route.at === "conversation" || route.at === "join" ? route : null;
}

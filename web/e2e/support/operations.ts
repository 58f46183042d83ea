import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Call } from "../../src/api/types.ts";

interface Described {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly operationId?: string }>>>>;
}

const DESCRIPTION = resolve(import.meta.dirname, "../../../docs/reference/openapi.json");
const { paths } = JSON.parse(readFileSync(DESCRIPTION, "utf8")) as Described;
const PLACES = new Map(
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { operationId }]) => (operationId ? [[operationId, { method, path }] as const] : [])),
  ),
);

/** Asks the server over HTTP, as one more device of somebody. */
export function caller(url: string, token: string): Call {
  return async (op, args) => {
    const place = PLACES.get(op);
    if (!place) throw new Error(`There is no operation ${op}.`);
    const rest: Record<string, unknown> = { ...args };
    const path = place.path.replace(/\{(\w+)\}/g, (_whole, name: string) => {
      const value = String(rest[name]);
      delete rest[name];
      return encodeURIComponent(value);
    });
    const isQuery = place.method === "get" || place.method === "delete";
    const query = isQuery ? `?${new URLSearchParams(rest as Record<string, string>).toString()}` : "";
    const response = await fetch(`${url}${path}${query}`, {
      method: place.method.toUpperCase(),
      headers: { authorization: `Bearer ${token}`, ...(isQuery ? {} : { "content-type": "application/json" }) },
      body: isQuery ? null : JSON.stringify(rest),
    });
    const answer: unknown = await response.json();
    if (!response.ok) throw new Error(`${op}: ${JSON.stringify(answer)}`);
    return answer as never;
  };
}

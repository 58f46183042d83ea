import { Refused, Unreachable } from "./problem.ts";
import type { InvitationView, Problem, ServerInfo, SignedIn } from "./types.ts";

/** What can be asked before there is a sign-in, over plain HTTP. */
export interface Doorstep {
  server(): Promise<ServerInfo>;
  invitation(code: string): Promise<InvitationView>;
  signIn(args: { user: string; password: string; device_name: string }): Promise<SignedIn>;
  register(args: Registration): Promise<SignedIn>;
}

export interface Registration {
  name: string;
  password: string;
  display_name?: string;
  invitation?: string;
  device_name: string;
}

export const doorstep: Doorstep = {
  server: () => ask("GET", "/v1/server"),
  invitation: (code) => ask("GET", `/v1/invitations/${encodeURIComponent(code)}`),
  signIn: (args) => ask("POST", "/v1/auth/sign-in", args),
  register: (args) => ask("POST", "/v1/auth/register", args),
};

async function ask<T>(method: string, path: string, args?: object): Promise<T> {
  const response = await fetch(path, {
    method,
    headers: args ? { "content-type": "application/json" } : {},
    body: args ? JSON.stringify(args) : null,
  }).catch((error: unknown) => {
    throw new Unreachable(String(error));
  });
  const answer: unknown = await response.json().catch(() => {
    throw new Unreachable(`status ${response.status}`);
  });
  if (!response.ok) throw new Refused(answer as Problem);
  return answer as T;
}

import type { Doorstep } from "../api/http.ts";
import type { InvitationView, ServerInfo, SignedIn } from "../api/types.ts";
import { Observable, type Readable } from "./observable.ts";
import { explain } from "./problem.ts";

export interface EntranceSnapshot {
  readonly server: ServerInfo | null;
  readonly invitation: InvitationView | null;
  readonly isBusy: boolean;
  readonly problem: string | null;
}

export interface EntranceActions {
  signIn(user: string, password: string): Promise<void>;
  register(name: string, displayName: string, password: string): Promise<void>;
}

/** Signing in, or making an account with an invitation. */
export function openEntrance(
  doorstep: Doorstep,
  invitation: string | null,
  deviceName: string,
  entered: (signedIn: SignedIn) => Promise<void>,
): { snapshot: Readable<EntranceSnapshot>; actions: EntranceActions } {
  const snapshot = new Observable<EntranceSnapshot>({ server: null, invitation: null, isBusy: false, problem: null });
  const fail = (error: unknown) => snapshot.change({ problem: explain(error) });

  doorstep.server().then((server) => snapshot.change({ server }), fail);
  if (invitation !== null) doorstep.invitation(invitation).then((view) => snapshot.change({ invitation: view }), fail);

  const enter = async (attempt: Promise<SignedIn>) => {
    snapshot.change({ isBusy: true, problem: null });
    try {
      await entered(await attempt);
    } catch (error) {
      fail(error);
    } finally {
      snapshot.change({ isBusy: false });
    }
  };

  return {
    snapshot,
    actions: {
      signIn: (user, password) => enter(doorstep.signIn({ user: user.trim(), password, device_name: deviceName })),
      register: (name, displayName, password) =>
        enter(
          doorstep.register({
            name: name.trim(),
            password,
            device_name: deviceName,
            ...(displayName.trim() === "" ? {} : { display_name: displayName.trim() }),
            ...(invitation === null ? {} : { invitation }),
          }),
        ),
    },
  };
}

/** The same invitation for a client of XMPP: a contact's, where one is made (XEP-0379), or an account's (XEP-0445). */
export function clientLink({ domain, inviter, contact, name }: InvitationView, code: string): string {
  const preauth = `preauth=${encodeURIComponent(code)}`;
  if (contact && inviter !== undefined) return `xmpp:${inviter.address}?roster;${preauth};ibr=y`;
  return `xmpp:${name === undefined ? "" : `${name}@`}${domain}?register;${preauth}`;
}

/** A name for this browser that a person recognises in a list. */
export function deviceName(agent: string): string {
  const browser = /Edg\//.test(agent) ? "Edge" : /Firefox\//.test(agent) ? "Firefox" : /Chrom/.test(agent) ? "Chrome" : /Safari\//.test(agent) ? "Safari" : "";
  const system = /Android/.test(agent) ? "Android" : /iPhone|iPad/.test(agent) ? "iOS" : /Mac OS/.test(agent) ? "macOS" : /Windows/.test(agent) ? "Windows" : /Linux/.test(agent) ? "Linux" : "";
  return [browser, system].filter((part) => part !== "").join(" · ");
}

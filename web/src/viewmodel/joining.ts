import type { InviteLink } from "../api/types.ts";
import { may } from "../model/permission.ts";
import { text } from "../text/text.ts";
import { attempting, type Attempted } from "./attempt.ts";
import type { Gateway } from "./gateway.ts";
import { momentAhead } from "./moments.ts";
import { both, Observable, projection, type Readable } from "./observable.ts";
import { personOf, type PersonView } from "./people.ts";

export interface LinkRow {
  readonly key: string;
  readonly url: string;
  /** Until when, for how many people and how it works, in words. */
  readonly terms: string;
}

export interface LinkTerms {
  /** Seconds until it ends; 0 is never. */
  readonly expires_in_s: number;
  /** How many people it lets in; 0 is any number. */
  readonly uses: number;
  readonly needs_approval: boolean;
}

export interface JoiningSnapshot extends Attempted {
  readonly requests: readonly PersonView[];
  readonly bans: readonly PersonView[];
  readonly links: readonly LinkRow[];
  readonly canInvite: boolean;
  readonly canModerate: boolean;
}

export interface JoiningActions {
  approve(person: PersonView): Promise<boolean>;
  decline(person: PersonView): Promise<boolean>;
  letBack(person: PersonView): Promise<boolean>;
  createLink(terms: LinkTerms): Promise<boolean>;
  revoke(link: LinkRow): Promise<boolean>;
}

interface Local extends Attempted {
  readonly requests: readonly PersonView[];
  readonly bans: readonly PersonView[];
  readonly links: readonly InviteLink[];
}

export function openJoining(
  gateway: Gateway,
  conversation: string,
  now: () => number = Date.now,
): { snapshot: Readable<JoiningSnapshot>; actions: JoiningActions } {
  const local = new Observable<Local>({ requests: [], bans: [], links: [], isBusy: false, problem: null });
  const attempt = attempting(local);
  const allowed = () => {
    const record = gateway.current.conversations.get(conversation);
    return { canInvite: record !== undefined && may(record, "invite"), canModerate: record !== undefined && may(record, "moderate") };
  };

  const look = async () => {
    const { canInvite, canModerate } = allowed();
    if (canModerate) {
      const [requests, bans] = await Promise.all([gateway.call("member.requests", { conversation }), gateway.call("member.bans", { conversation })]);
      local.change({ requests: requests.items.map(personOf), bans: bans.items.map(personOf) });
    }
    if (canInvite) local.change({ links: (await gateway.call("link.list", { conversation })).items });
  };
  const change = (work: () => Promise<unknown>) =>
    attempt(async () => {
      await work();
      await look();
    });

  void attempt(look);
  return {
    snapshot: projection(both(gateway, local), ([, mine]) => ({ ...mine, ...allowed(), links: mine.links.map((link) => linkRow(link, now())) })),
    actions: {
      approve: ({ address }) => change(() => gateway.call("member.add", { conversation, user: address })),
      decline: ({ address }) => change(() => gateway.call("member.remove", { conversation, user: address })),
      letBack: ({ address }) => change(() => gateway.call("member.unban", { conversation, user: address })),
      createLink: ({ expires_in_s, uses, needs_approval }) =>
        change(() =>
          gateway.call("link.create", {
            conversation,
            needs_approval,
            ...(expires_in_s > 0 ? { expires_in_s } : {}),
            ...(uses > 0 ? { uses } : {}),
          }),
        ),
      revoke: ({ key }) => change(() => gateway.call("link.revoke", { conversation, code: key })),
    },
  };
}

function linkRow({ code, url, expires_at, uses_left, needs_approval }: InviteLink, now: number): LinkRow {
  const terms = [
    expires_at == null ? text("link_forever") : text("link_until", { when: momentAhead(expires_at, now) }),
    ...(uses_left == null ? [] : [text("link_uses_left", { count: uses_left })]),
    ...(needs_approval ? [text("link_with_approval")] : []),
  ];
  return { key: code, url, terms: terms.join(" · ") };
}

import { text } from "../text/text.ts";
import type { Gateway } from "./gateway.ts";
import { shortTime } from "./moments.ts";
import { Observable, type Readable } from "./observable.ts";
import { explain } from "./problem.ts";

export interface DeviceView {
  readonly key: string;
  readonly name: string;
  readonly lastSeen: string;
  readonly isCurrent: boolean;
}

export interface SettingsSnapshot {
  readonly displayName: string;
  readonly address: string;
  readonly domain: string;
  readonly devices: readonly DeviceView[];
  readonly invitation: string | null;
  readonly isSaved: boolean;
  readonly problem: string | null;
}

export interface SettingsActions {
  rename(displayName: string): Promise<void>;
  revoke(device: DeviceView): Promise<void>;
  invite(): Promise<void>;
  signOut(): Promise<void>;
}

const INVITATION_S = 7 * 24 * 3600;

export function openSettings(
  gateway: Gateway,
  now: () => number = Date.now,
): { snapshot: Readable<SettingsSnapshot>; actions: SettingsActions } {
  const { me, server } = gateway.current;
  const snapshot = new Observable<SettingsSnapshot>({
    displayName: me?.display_name ?? "",
    address: me?.address ?? "",
    domain: server?.domain ?? "",
    devices: [],
    invitation: null,
    isSaved: false,
    problem: null,
  });

  const attempt = async (work: () => Promise<void>) => {
    snapshot.change({ problem: null });
    await work().catch((error: unknown) => snapshot.change({ problem: explain(error) }));
  };

  const listDevices = async () => {
    const { items } = await gateway.call("device.list", {});
    const devices = items.map((device) => ({
      key: device.device,
      name: device.name || text("device_unnamed"),
      lastSeen: text("device_last_seen", { when: shortTime(device.last_seen_at, now()) }),
      isCurrent: device.current,
    }));
    snapshot.change({ devices: devices.sort((a, b) => Number(b.isCurrent) - Number(a.isCurrent)) });
  };

  void attempt(listDevices);
  return {
    snapshot,
    actions: {
      rename: (displayName) =>
        attempt(async () => {
          const { display_name, privacy } = await gateway.call("me.update", { display_name: displayName.trim() });
          gateway.tell({ fact: "account", change: { push: "account", change: "profile", display_name, privacy } });
          snapshot.change({ displayName: display_name, isSaved: true });
        }),
      revoke: (device) =>
        attempt(async () => {
          await gateway.call("device.revoke", { device: device.key });
          await listDevices();
        }),
      invite: () =>
        attempt(async () => {
          const { url } = await gateway.call("invitation.create", { uses: 1, expires_in_s: INVITATION_S });
          snapshot.change({ invitation: url });
        }),
      signOut: () => gateway.signOut(),
    },
  };
}

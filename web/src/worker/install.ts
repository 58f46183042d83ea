/** What Chromium tells a page that can be installed (Manifest Incubations, section 2). */
interface InstallOffer extends Event {
  prompt(): Promise<unknown>;
}

/** Keeps the offer of the browser to install the client until a person wants it. */
export function installer(): { onChange(listener: (isOffered: boolean) => void): void; ask(): void } {
  let offer: InstallOffer | null = null;
  let tell: (isOffered: boolean) => void = () => {};
  const change = (next: InstallOffer | null) => {
    offer = next;
    tell(offer !== null);
  };
  addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    change(event as InstallOffer);
  });
  addEventListener("appinstalled", () => change(null));
  return {
    onChange(listener) {
      tell = listener;
      tell(offer !== null);
    },
    ask() {
      // An offer can be used once.
      void offer?.prompt();
      change(null);
    },
  };
}

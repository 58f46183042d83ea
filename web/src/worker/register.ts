/** Starts the service worker, where the browser allows one; tells of new versions of the client, and changes to them. */
export function registerServiceWorker(): { onReady(listener: () => void): void; use(): void } {
  let waiting: ServiceWorker | null = null;
  let tell = () => {};
  const found = (worker: ServiceWorker) => {
    waiting = worker;
    tell();
  };
  if ("serviceWorker" in navigator) void watch(navigator.serviceWorker, found).catch(() => undefined);
  return {
    onReady(listener) {
      tell = listener;
      if (waiting) listener();
    },
    use() {
      navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
      if (waiting?.state === "installed") waiting.postMessage("take over");
      else location.reload();
    },
  };
}

/** Keeps the client for the time without a network, also where signing out has left nothing of it. */
export function keepClient(): void {
  if ("serviceWorker" in navigator) navigator.serviceWorker.controller?.postMessage("keep client");
}

async function watch(workers: ServiceWorkerContainer, found: (worker: ServiceWorker) => void): Promise<void> {
  const registration = await workers.register(trusted("/sw.js"));
  if (registration.waiting && workers.controller) found(registration.waiting);
  registration.addEventListener("updatefound", () => {
    const fresh = registration.installing;
    fresh?.addEventListener("statechange", () => {
      if (fresh.state === "installed" && workers.controller) found(fresh);
    });
  });
  setInterval(() => void registration.update().catch(() => undefined), LOOK_MS);
}

const LOOK_MS = 3_600_000;

interface ScriptPolicies {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): unknown };
}

function trusted(url: string): string {
  const factory = (globalThis as { trustedTypes?: ScriptPolicies }).trustedTypes;
  const policy = factory?.createPolicy("parlance-worker", { createScriptURL: (same) => same });
  return (policy?.createScriptURL(url) ?? url) as string;
}

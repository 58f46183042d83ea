/** Starts the service worker, where the browser allows one. */
export function registerServiceWorker(): void {
  if (!("serviceWorker" in navigator)) return;
  navigator.serviceWorker.register(trusted("/sw.js")).catch(() => undefined);
}

interface ScriptPolicies {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): unknown };
}

function trusted(url: string): string {
  const factory = (globalThis as { trustedTypes?: ScriptPolicies }).trustedTypes;
  const policy = factory?.createPolicy("parlance-worker", { createScriptURL: (same) => same });
  return (policy?.createScriptURL(url) ?? url) as string;
}

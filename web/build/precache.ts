import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Plugin } from "vite";

/**
 * Writes the service worker with the list of files it keeps for the time without a network.
 * The list is named after its content, so that a new build replaces the old one.
 */
export function precache(source: string, fileName: string): Plugin {
  return {
    name: "parlance-precache",
    apply: "build",
    generateBundle: {
      order: "post",
      handler(_options, bundle) {
        const files = ["/", ...Object.keys(bundle).filter(isKept).map((name) => `/${name}`), ...PUBLIC_FILES].sort();
        const version = createHash("sha256").update(contentOf(bundle)).digest("hex").slice(0, 12);
        const code = readFileSync(source, "utf8")
          .replace("__PRECACHE__", JSON.stringify(files))
          .replace("__VERSION__", JSON.stringify(version));
        this.emitFile({ type: "asset", fileName, source: code });
      },
    },
  };
}

const PUBLIC_FILES = ["/theme.js", "/icon.svg", "/icon-192.png", "/manifest.webmanifest"];

function isKept(name: string): boolean {
  return name !== "index.html" && !name.endsWith(".map");
}

function contentOf(bundle: Record<string, { type: string; code?: string; source?: string | Uint8Array }>): string {
  return Object.keys(bundle)
    .sort()
    .map((name) => `${name}:${bundle[name]?.code ?? String(bundle[name]?.source ?? "")}`)
    .join("\n");
}

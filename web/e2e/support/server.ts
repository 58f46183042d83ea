import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { vi } from "vitest";

const PROGRAM = process.env["PARLANCE_BIN"] ?? resolve(import.meta.dirname, "../../../target/debug/parlance");
const SETTINGS = `
dev = true
[http]
listen = "127.0.0.1:0"
[admin]
listen = "127.0.0.1:0"
[registration]
mode = "open"
[limits]
enabled = false
[log]
level = "warn"
`;

/** A server of its own, in a folder of its own, on a free port. */
export interface Server {
  readonly url: string;
  stop(): Promise<void>;
}

export async function startServer(): Promise<Server> {
  if (!existsSync(PROGRAM)) throw new Error(`There is no ${PROGRAM}: run cargo build, or set PARLANCE_BIN.`);
  const folder = mkdtempSync(join(tmpdir(), "parlance-e2e-"));
  const config = join(folder, "parlance.toml");
  const ready = join(folder, "ready.json");
  writeFileSync(config, SETTINGS);
  const child = spawn(PROGRAM, ["serve", "--config", config, "--data", join(folder, "data"), "--ready-file", ready], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  await vi.waitUntil(() => existsSync(ready) || child.exitCode !== null, { timeout: 30_000 });
  if (child.exitCode !== null) throw new Error(`The server stopped with ${child.exitCode}.`);
  const { http } = JSON.parse(readFileSync(ready, "utf8")) as { http: string[] };
  return { url: `http://${http[0]}`, stop: () => stop(child, folder) };
}

async function stop(child: ChildProcess, folder: string): Promise<void> {
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  await gone;
  rmSync(folder, { recursive: true, force: true });
}

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import type { Plugin } from "vite";

const WORTH_PACKING = /\.(js|css|html|svg|webmanifest)$/;
const BYTES_MIN = 1024;

/** Puts a `.br` and a `.gz` beside every file that gets smaller by it, so that the server never packs. */
export function packed(): Plugin {
  let folder = "";
  return {
    name: "parlance-packed",
    apply: "build",
    configResolved(config) {
      folder = config.build.outDir;
    },
    closeBundle() {
      for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
        if (WORTH_PACKING.test(name)) pack(join(folder, name));
      }
    },
  };
}

function pack(file: string): void {
  const content = readFileSync(file);
  if (content.length < BYTES_MIN) return;
  const size = { [constants.BROTLI_PARAM_SIZE_HINT]: content.length };
  writeFileSync(`${file}.br`, brotliCompressSync(content, { params: size }));
  writeFileSync(`${file}.gz`, gzipSync(content, { level: 9 }));
}

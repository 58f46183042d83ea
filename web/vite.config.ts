import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";
import { packed } from "./build/packed.ts";
import { precache } from "./build/precache.ts";

const server = process.env["PARLANCE_URL"] ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [svelte(), precache("src/worker/service-worker.js", "sw.js"), packed()],
  build: {
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
  },
  server: {
    proxy: {
      "/v1/ws": { target: server, ws: true },
      "/v1": server,
    },
  },
});

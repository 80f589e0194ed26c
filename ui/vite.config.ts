import { fileURLToPath } from "node:url";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  plugins: [svelte()],
  resolve: {
    alias: {
      $lib: at("./src/lib"),
      $components: at("./src/components"),
      $views: at("./src/views"),
      $messages: at("./src/lib/paraglide/messages.js"),
    },
    // Under vitest, Svelte must be the browser build: its server build has no effects.
    ...(process.env["VITEST"] ? { conditions: ["browser"] } : {}),
  },
  // The window's webview is WebKitGTK 2.50, WebView2 or WKWebView of the last two years.
  build: { target: ["safari17", "chrome120"], assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  server: { port: 1420, strictPort: true },
  test: { environment: "jsdom", include: ["tests/**/*.test.ts"], restoreMocks: true },
});

// Imports go one way: views → components/<domain> → lib/<domain> → lib/ipc. What `shared` and the
// leaves of lib may import is the least. Paths are written from the root, so a rule can read them.
import js from "@eslint/js";
import globals from "globals";
import svelte from "eslint-plugin-svelte";
import ts from "typescript-eslint";
import svelteConfig from "./svelte.config.js";

/** Folders of lib that know no domain: texts, times, keys, languages, the arithmetic of scrolling, forms. */
const LEAVES = ["text", "time", "keys", "scroll", "i18n", "forms"];

const ban = (regex, message) => ({ regex, message });
const UP = ban("^\\.\\./", "import from the root ($lib, $components, $views), not upwards");
const TAURI = ban("^@tauri-apps/", "only $lib/ipc speaks to Tauri");
const VIEWS = ban("^\\$views/", "nothing below a view imports a view");
const COMPONENTS = ban("^\\$components/", "lib imports no component");
const FAKE = ban("^\\$lib/ipc/(?!index$|types$)", "import $lib/ipc or $lib/ipc/types");
const DOMAIN = ban(
  `^\\$lib/(?!(${LEAVES.join("|")}|paraglide)/)`,
  `only the leaves of lib (${LEAVES.join(", ")}) may be imported here`,
);
const NOT_SHARED = ban("^\\$components/(?!shared/)", "shared components import only shared ones");

const imports = (files, ...patterns) => ({
  files,
  rules: { "no-restricted-imports": ["error", { patterns: [UP, ...patterns] }] },
});

export default ts.config(
  { ignores: ["dist/", "dist-browser/", "node_modules/", "src/lib/paraglide/", "src/lib/ipc/generated/"] },
  js.configs.recommended,
  ...ts.configs.strict,
  ...svelte.configs.recommended,
  { languageOptions: { globals: { ...globals.browser } } },
  {
    files: ["**/*.svelte", "**/*.svelte.ts"],
    languageOptions: {
      parserOptions: { parser: ts.parser, extraFileExtensions: [".svelte"], svelteConfig },
    },
  },
  {
    rules: {
      "no-undef": "off", // TypeScript's own check knows better.
      "no-console": "error",
      eqeqeq: "error",
      "svelte/no-at-html-tags": "error",
      "svelte/no-at-debug-tags": "error",
      "svelte/require-each-key": "error",
      "svelte/button-has-type": "error",
      "svelte/no-useless-mustaches": "off", // A blank between two inline elements must be written so.
      "no-restricted-syntax": [
        "error",
        { selector: "MemberExpression[property.name=/^(innerHTML|outerHTML)$/]", message: "text only" },
        { selector: "CallExpression[callee.property.name='insertAdjacentHTML']", message: "text only" },
        {
          selector: "SvelteAttribute[key.name='style']",
          message: "the CSP forbids it; style: directives are fine",
        },
        {
          selector: "CallExpression[callee.name='eval'], NewExpression[callee.name='Function']",
          message: "no",
        },
      ],
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
    },
  },
  imports(["src/**"], TAURI),
  imports(["src/views/**"], TAURI, FAKE, VIEWS),
  imports(["src/components/**"], TAURI, FAKE, VIEWS),
  imports(["src/components/shared/**"], TAURI, VIEWS, NOT_SHARED, DOMAIN),
  imports(["src/lib/**"], TAURI, FAKE, VIEWS, COMPONENTS),
  imports(
    LEAVES.map((leaf) => `src/lib/${leaf}/**`),
    TAURI,
    VIEWS,
    COMPONENTS,
    DOMAIN,
  ),
  imports(["src/lib/ipc/**"], VIEWS, COMPONENTS, ban("^\\$lib/(?!ipc$|ipc/)", "lib/ipc imports no domain")),
);

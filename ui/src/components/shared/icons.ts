// The icons' outlines, on a 16 by 16 grid, 1.6 px strokes.

export const ICONS = {
  inventory: "M2 4h12M2 8h12M2 12h12",
  activity: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12M8 4.8V8l2.4 1.7",
  accounts: "M2 13.5h12M3.5 11V6.5m3 4.5V6.5m3 4.5V6.5m3 4.5V6.5M2 6.5 8 2.5l6 4Z",
  settings: "M2 4.5h7m4 0h1M2 11.5h1m4 0h7M11 2.7v3.6M5 9.7v3.6",
  search: "M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9m3.5-1L14 14",
  close: "m4 4 8 8m0-8-8 8",
  check: "m3 8.5 3.2 3L13 4.8",
  minus: "M4 8h8",
  up: "M8 13V3.5M4 7.2l4-4 4 4",
  down: "M8 3v9.5M4 8.8l4 4 4-4",
  warning: "M8 2.2 14.5 13.5h-13ZM8 6.5v3.2m0 1.9v.2",
  refused: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12M3.9 3.9l8.2 8.2",
  question: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12M6.2 6.4a1.9 1.9 0 1 1 2.6 1.8c-.6.3-.8.6-.8 1.2m0 1.7v.2",
  copy: "M5.5 5.5v-3h8v8h-3m-8-5h8v8h-8Z",
  open: "M6.5 3H3v10h10V9.5M9 2.5h4.5V7m0-4.5L7.5 8.5",
  refresh: "M13.5 8a5.5 5.5 0 1 1-1.6-3.9L13.5 5.7m0-3.4v3.4h-3.4",
  plus: "M8 3v10M3 8h10",
  trash: "M2.5 4.5h11M6 4.5v-2h4v2m-6 0 .7 9h6.6l.7-9M6.6 7v4m2.8-4v4",
  key: "M10.2 9a3.2 3.2 0 1 0-3.1-2.4L2.5 11v2.5H5V12h1.5v-1.5H8L9.2 8.8M11.4 4.7v.1",
  lock: "M3.5 7.5h9v6h-9Zm2-.2V5.2a2.5 2.5 0 0 1 5 0v2.1",
  offline: "M2.5 2.5l11 11M5.2 5.6A3.2 3.2 0 0 0 5 12h6.6M13 11a2.6 2.6 0 0 0-1.4-4.7 3.8 3.8 0 0 0-4-2.7",
  cloud: "M5 12h6.5a2.6 2.6 0 0 0 .3-5.2 3.9 3.9 0 0 0-7.3-.9A3.1 3.1 0 0 0 5 12Z",
  instance: "M2.5 3h11v4h-11Zm0 6h11v4h-11ZM5 5h.1M5 11h.1",
  keyboard: "M1.8 4.5h12.4v7.5H1.8Zm2.4 2.4h.1m2.3 0h.1m2.3 0h.1m2.3 0h.1M5 9.6h6",
  chevron: "m4.5 6.5 3.5 3.5 3.5-3.5",
  /* The clouds, each by a mark of our own: layers, a hexagon, a cloud. */
  aws: "M8 2.5 14 5.8 8 9 2 5.8ZM2.4 8.7 8 11.8l5.6-3.1M2.4 11.4 8 14.5l5.6-3.1",
  gcp: "M8 1.8l5.4 3.1v6.2L8 14.2l-5.4-3.1V4.9ZM8 6.2a1.8 1.8 0 1 0 0 3.6 1.8 1.8 0 0 0 0-3.6",
  demo: "M5 12h6.5a2.6 2.6 0 0 0 .3-5.2 3.9 3.9 0 0 0-7.3-.9A3.1 3.1 0 0 0 5 12Z",
  undo: "M3 6.5h6.5a3.5 3.5 0 0 1 0 7H6M5.8 3.5l-3 3 3 3",
} as const;

export type IconName = keyof typeof ICONS;

// The web view's own menu: only text fields have a use for it. Elsewhere its Back, Stop and Reload
// are not what an operator means by these words.

/** Keeps the web view's menu away, except in text fields. */
export function refuseContextMenu(event: MouseEvent): void {
  const target = event.target instanceof Element ? event.target : null;
  if (!target?.closest("input:not([type=checkbox]):not([type=radio]), textarea")) event.preventDefault();
}

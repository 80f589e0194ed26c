// Validation of forms with our own texts: each field shows its fault below itself, and the web view's bubble
// never appears.
import * as m from "$messages";

export type Control = HTMLInputElement | HTMLSelectElement;

/** Returns the fault of a control's content; empty when there is none. */
export function faultOf(control: Control): string {
  if (control.validity.customError) return control.validationMessage;
  return control.validity.valid ? "" : m.field_required();
}

/** Checks the controls; those with a fault show it, and the first one takes the focus. */
export function checkControls(controls: Iterable<Control>): boolean {
  // Every control is checked, so that all faults are shown at once.
  const bad = [...controls].filter((control) => !control.checkValidity());
  bad[0]?.focus();
  return bad.length === 0;
}

/** Checks every control of a form. */
export function checkForm(form: HTMLFormElement): boolean {
  return checkControls(form.querySelectorAll<Control>("input, select"));
}

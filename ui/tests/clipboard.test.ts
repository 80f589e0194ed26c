// Copying what is still being asked for: the webview lets a page copy only while a press lasts.
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { type Copied, copyPromised } from "$lib/shell/clipboard";
import { toasts } from "$lib/shell/toasts.svelte";

type Items = Record<string, Promise<Blob>>[];

const COPIED: Copied = { text: "gcloud compute instances stop web-1", what: "the command" };
let written: string[] = [];

function textOf(blob: Blob): Promise<string> {
  const reader = new FileReader();
  return new Promise((resolve) => {
    reader.addEventListener("load", () => resolve(String(reader.result)));
    reader.readAsText(blob);
  });
}

/** A clipboard that takes promised text, or refuses it. */
function clipboard(takes: boolean) {
  const write = vi.fn(async ([item]: Items) => {
    if (!takes) throw new Error("NotAllowedError");
    const blob = await item?.["text/plain"];
    if (blob) written.push(await textOf(blob));
  });
  const writeText = vi.fn((text: string) => Promise.resolve(void written.push(text)));
  vi.stubGlobal("navigator", { clipboard: { write, writeText } });
  // Called with `new`: what it returns is the new object.
  vi.stubGlobal("ClipboardItem", function (items: object) {
    return items;
  });
  return { write, writeText };
}

beforeEach(() => {
  written = [];
  toasts.list = [];
});
afterEach(() => void vi.unstubAllGlobals());

it("asks for the clipboard before the text is there", async () => {
  const { write, writeText } = clipboard(true);
  let arrive: (copied: Copied) => void = () => undefined;
  const copying = copyPromised(new Promise<Copied>((resolve) => void (arrive = resolve)));
  expect(write).toHaveBeenCalledOnce();
  expect(toasts.list).toEqual([]);
  arrive(COPIED);
  await copying;
  expect(written).toEqual([COPIED.text]);
  expect(writeText).not.toHaveBeenCalled();
  expect(toasts.list.map(({ tone, detail }) => [tone, detail])).toEqual([["quiet", COPIED.text]]);
});

it("tries the plain way where promised text is refused", async () => {
  clipboard(false);
  await copyPromised(Promise.resolve(COPIED));
  expect(written).toEqual([COPIED.text]);
  expect(toasts.list.map(({ tone }) => tone)).toEqual(["quiet"]);
});

it.each([true, false])("copies nothing where there is no text", async (takes) => {
  clipboard(takes);
  await expect(copyPromised(Promise.reject(new Error("none")))).rejects.toThrow("none");
  expect([written, toasts.list]).toEqual([[], []]);
});

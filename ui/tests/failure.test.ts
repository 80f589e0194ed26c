// Failures: the class, then the source's words, nothing twice.
import { expect, it } from "vitest";
import type { Failure } from "$lib/ipc/types";
import { IpcError } from "$lib/ipc";
import { explained } from "$lib/shell/toasts.svelte";
import { failureText } from "$lib/labels/failure";

it.each<[Failure, string]>([
  [
    { code: "permission_denied", message: "ec2:StopInstances: no" },
    "permission denied: ec2:StopInstances: no",
  ],
  [{ code: "unavailable", message: "io error" }, "unreachable: io error"],
  [{ code: "timed_out", message: "ec2:StopInstances timed out" }, "ec2:StopInstances timed out"],
  [{ code: "read_only", message: "the account is read-only" }, "the account is read-only"],
  [{ code: "throttled", message: "" }, "throttled"],
  [{ code: "other", message: "a\u202Eb" }, "failed: a\\u{202e}b"],
])("%j is %j", (failure, text) => {
  expect(failureText(failure)).toBe(text);
});

it("puts the source's words on a line of their own", () => {
  const error = new IpcError({
    ...{ code: "failed", failure: "unavailable", message: "io error" },
    ...{ transient: true, account: null, trace: null },
  });
  expect(explained(error).split("\n")).toEqual([expect.stringContaining("Check the network"), "io error"]);
});

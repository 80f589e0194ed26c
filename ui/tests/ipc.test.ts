// The error of a rejected call, and its words.
import { describe, expect, it } from "vitest";
import { blocks, call, IpcError, ipcError } from "$lib/ipc";
import { useHost } from "$lib/ipc/host";
import type { CommandError } from "$lib/ipc/types";
import { errorAdvice, errorName, failureName } from "$lib/labels/failure";

const denied: CommandError = {
  code: "failed",
  failure: "permission_denied",
  message: "permission denied for ec2:StopInstances",
  transient: false,
  account: "7b0c",
  trace: "e12",
};

describe("ipcError", () => {
  it("keeps what the core said", () => {
    const error = ipcError(denied);
    expect(error).toBeInstanceOf(IpcError);
    expect({ ...error, message: error.message }).toMatchObject(denied);
    expect(errorName(error)).toBe("permission denied");
    expect(errorAdvice(error)).toContain("permission");
  });

  it.each([
    ["a text of Tauri's", "command stop_world not allowed", "command stop_world not allowed"],
    ["an error", new Error("boom"), "boom"],
    ["nothing", undefined, ""],
    ["an object of another shape", { code: 7 }, ""],
  ])("takes %s for an error of our own", (_, thrown, message) => {
    const error = ipcError(thrown);
    expect(error.code).toBe("internal");
    expect(error.message).toBe(message);
    expect(error.transient).toBe(false);
  });

  it("passes an error on that it has made already", () => {
    const error = ipcError(denied);
    expect(ipcError(error)).toBe(error);
  });

  it("has words for a code of a newer core", () => {
    const newer = { ...denied, failure: null, code: "moon_phase" } as unknown as CommandError;
    expect(errorName(ipcError(newer))).toBe("failed");
    expect(failureName("eclipse" as never)).toBe("failed");
    expect(failureName("constructor" as never)).toBe("failed");
  });

  it("knows when nothing will be answered", () => {
    expect(blocks(ipcError({ ...denied, code: "already_open" }))).toBe(true);
    expect(blocks(ipcError(denied))).toBe(false);
  });
});

describe("call", () => {
  it("gives the request as it is, and the reply", async () => {
    const sent: unknown[] = [];
    useHost({
      invoke: (command, request) => {
        sent.push([command, request]);
        return Promise.resolve({ json: "{}" });
      },
      onChanged: () => Promise.resolve(() => undefined),
    });
    expect(await call("get_document", { key: "aws:1:r:instance:i" })).toEqual({ json: "{}" });
    expect(sent).toEqual([["get_document", { key: "aws:1:r:instance:i" }]]);
  });

  it("throws an IpcError", async () => {
    useHost({ invoke: () => Promise.reject(denied), onChanged: () => Promise.resolve(() => undefined) });
    await expect(call("sync_now", { accounts: [] })).rejects.toMatchObject({ code: "failed", trace: "e12" });
  });
});

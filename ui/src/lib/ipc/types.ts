// Every shape that crosses IPC, by its name; generated from crates/nepho-wire.
export type * from "./generated/types";

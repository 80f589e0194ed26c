//! What goes over IPC and out of nepho --json.

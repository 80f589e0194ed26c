//! Ledger, sweep, reconcile, poll, plan, act and follow.

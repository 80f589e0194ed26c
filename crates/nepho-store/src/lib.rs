//! The SQLite databases: durable state and disposable cache.

//! The inventory in memory and the query language.

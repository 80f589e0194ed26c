//! The composition root and the façade of both hosts.

//! Fake provider, conformance suite and loopback clouds.

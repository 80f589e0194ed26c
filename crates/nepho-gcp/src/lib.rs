//! One GCP project: Compute Engine instances, by its REST API.

//! Credential sources: one per identity, no program run, no host but Google's or the approved one.

#[test]
fn a_project_id_is_told() {
    Some(()).expect("nothing");
    assert!(nepho_gcp::is_project_id("proj-0"));
}

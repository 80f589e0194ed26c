//! The default project of Google's own tools on this machine.
//!
//! Deliberately not here: the tools' credentials (see `credentials`), and their endpoints, which the
//! operator has not approved.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::{
    credentials::{application_default_file, gcloud_folder, read_key_file},
    project_id::is_project_id,
};

/// The largest configuration file that is read, in bytes.
const LARGEST: u64 = 64 << 10;

/// The project of the application default credentials: from `GOOGLE_CLOUD_PROJECT`, else from the
/// credentials themselves, else from gcloud's active configuration.
pub fn application_default_project(env: impl Fn(&str) -> Option<String>) -> Option<String> {
    let set = |name: &str| env(name).filter(|value| !value.is_empty());
    let named = set("GOOGLE_CLOUD_PROJECT");
    let found = named.or_else(|| of_credentials(&application_default_file(&env)?)).or_else(|| {
        let folder = gcloud_folder(&env)?;
        let active = set("CLOUDSDK_ACTIVE_CONFIG_NAME").or_else(|| read(&folder.join("active_config")));
        of_configuration(&folder, active.as_deref().map_or("default", str::trim))
    });
    found.filter(|project| is_project_id(project))
}

/// Members of a credential file that name a project.
#[derive(Deserialize)]
struct Named {
    quota_project_id: Option<String>,
    project_id: Option<String>,
}

fn of_credentials(file: &Path) -> Option<String> {
    let named: Named = serde_json::from_str(read_key_file(file).ok()?.expose()).ok()?;
    named.quota_project_id.or(named.project_id)
}

/// The `project` of the section `core` of a configuration, which is an INI file.
fn of_configuration(folder: &Path, name: &str) -> Option<String> {
    // gcloud's own rule for the name of a configuration; no other name becomes a path.
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if name.is_empty() || !name.bytes().all(plain) {
        return None;
    }
    let text = read(&folder.join("configurations").join(format!("config_{name}")))?;
    let mut in_core = false;
    for line in text.lines().map(str::trim) {
        if let Some(section) = line.strip_prefix('[') {
            in_core = section.trim_end_matches(']').trim() == "core";
        } else if let Some((member, value)) = line.split_once('=')
            && in_core
            && member.trim() == "project"
        {
            return Some(value.trim().to_owned());
        }
    }
    None
}

/// The text of a small regular file.
fn read(path: &PathBuf) -> Option<String> {
    let found = std::fs::metadata(path).ok()?;
    (found.is_file() && found.len() <= LARGEST).then(|| std::fs::read_to_string(path).ok())?
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn the_project_is_named_by_a_variable_the_credentials_or_the_active_configuration() {
        let home = tempfile::tempdir().expect("a folder");
        let folder = home.path().join(".config/gcloud");
        fs::create_dir_all(folder.join("configurations")).expect("folders");
        let write = |name: &str, text: &str| fs::write(folder.join(name), text).expect("a file");
        let found = |pairs: &[(&str, &str)]| {
            application_default_project(|name| {
                let home = (name == "HOME").then(|| home.path().display().to_string());
                home.or_else(|| pairs.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned()))
            })
        };
        assert_eq!(found(&[]), None);
        write("active_config", "work\n");
        write(
            "configurations/config_work",
            "[compute]\nproject = wrong-place\n[core]\naccount = a@b.c\nproject = proj-work\n",
        );
        write("configurations/config_other", "[core]\nproject=proj-other\n");
        assert_eq!(found(&[]).as_deref(), Some("proj-work"));
        assert_eq!(found(&[("CLOUDSDK_ACTIVE_CONFIG_NAME", "other")]).as_deref(), Some("proj-other"));
        assert_eq!(found(&[("CLOUDSDK_ACTIVE_CONFIG_NAME", "../config_other")]), None, "no way out of the folder");
        write("application_default_credentials.json", r#"{"type": "authorized_user", "quota_project_id": "proj-adc"}"#);
        assert_eq!(found(&[]).as_deref(), Some("proj-adc"));
        assert_eq!(found(&[("GOOGLE_CLOUD_PROJECT", "proj-env")]).as_deref(), Some("proj-env"));
        assert_eq!(found(&[("GOOGLE_CLOUD_PROJECT", "not a project")]), None);
    }
}

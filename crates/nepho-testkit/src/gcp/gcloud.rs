//! Google's own command line against the double.

use std::{path::Path, process::Command};

use super::GcpDouble;

impl GcpDouble {
    /// Returns `gcloud` for this double and project. It keeps its settings in the folder, asks no
    /// question and sends no report.
    pub fn gcloud(&self, folder: &Path, project: &str) -> Command {
        let mut command = Command::new("gcloud");
        for name in ["GOOGLE_APPLICATION_CREDENTIALS", "CLOUDSDK_ACTIVE_CONFIG_NAME", "GOOGLE_CLOUD_PROJECT"] {
            command.env_remove(name);
        }
        command.envs([
            ("CLOUDSDK_AUTH_ACCESS_TOKEN", self.token().as_str()),
            ("CLOUDSDK_CORE_PROJECT", project),
            ("CLOUDSDK_API_ENDPOINT_OVERRIDES_COMPUTE", &format!("{}/compute/v1/", self.endpoint())),
            ("CLOUDSDK_CORE_DISABLE_PROMPTS", "1"),
            ("CLOUDSDK_CORE_DISABLE_USAGE_REPORTING", "1"),
            ("CLOUDSDK_CORE_DISABLE_FILE_LOGGING", "1"),
            ("CLOUDSDK_COMPONENT_MANAGER_DISABLE_UPDATE_CHECK", "1"),
            ("CLOUDSDK_SURVEY_DISABLE_PROMPTS", "1"),
            ("CLOUDSDK_PYTHON_SITEPACKAGES", "0"),
        ]);
        command.env("CLOUDSDK_CONFIG", folder);
        command
    }
}

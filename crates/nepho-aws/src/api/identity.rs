//! The identity of the credentials.

use nepho_core::{Identity, Realm};

use crate::{client::Client, error::AwsError, rate_limit::Purpose};

const OPERATION: &str = "sts:GetCallerIdentity";

/// Reads the identity from STS, for which valid credentials need no permission.
pub(crate) async fn identity(client: &Client, realm_suffix: Option<&str>) -> Result<Identity, AwsError> {
    let admission = client.admission(&client.home, Purpose::Read).await;
    let sent = client.sts.get_caller_identity().customize().interceptor(admission).send().await;
    let reply = sent.map_err(|error| AwsError::new(OPERATION, &error))?;
    let (Some(account), Some(arn)) = (reply.account(), reply.arn()) else {
        return Err(AwsError::malformed(format!("{OPERATION}: the reply names no account")));
    };
    if account.is_empty() || !account.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(AwsError::malformed(format!("{OPERATION}: the account is not a number")));
    }
    Ok(Identity { realm: realm(account, arn, realm_suffix), principal: arn.to_owned(), denied: Vec::new() })
}

/// The account's id, with the partition unless it is `aws`, and with the `host:port` of a custom
/// endpoint.
fn realm(account: &str, arn: &str, suffix: Option<&str>) -> Realm {
    let base = match arn.split(':').nth(1) {
        None | Some("aws" | "") => account.to_owned(),
        Some(partition) => format!("{partition}.{account}"),
    };
    match suffix {
        Some(host_port) => Realm::at_endpoint(&base, host_port),
        None => Realm::new(base),
    }
}

#[cfg(test)]
mod tests {
    use super::realm;

    #[test]
    fn realm_names_partition_and_endpoint() {
        let at = |arn, suffix| realm("123456789012", arn, suffix).to_string();
        assert_eq!(at("arn:aws:iam::123456789012:user/ops", None), "123456789012");
        assert_eq!(at("arn:aws-cn:iam::123456789012:user/ops", None), "aws-cn.123456789012");
        let lab = Some("127.0.0.1:5000");
        assert_eq!(at("arn:aws:iam::123456789012:user/ops", lab), "123456789012@127.0.0.1-5000");
    }
}

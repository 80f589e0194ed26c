//! Whose credentials these are.

use nepho_core::{Identity, Realm};

use crate::{error::AwsError, reader::Reader};

/// Asks STS. Any valid credentials may ask this; no permission is needed.
pub(crate) async fn identity(reader: &Reader, mark: Option<&str>) -> Result<Identity, AwsError> {
    let _permit = reader.rate_limiter.read(&reader.home).await;
    let sent = reader.sts.get_caller_identity().send().await;
    let reply = sent.map_err(|error| AwsError::new("sts:GetCallerIdentity", &error))?;
    let (Some(account), Some(arn)) = (reply.account(), reply.arn()) else {
        return Err(AwsError::Malformed { reason: "sts:GetCallerIdentity named no account".to_owned() });
    };
    if account.is_empty() || !account.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(AwsError::Malformed { reason: "sts:GetCallerIdentity named no account id".to_owned() });
    }
    Ok(Identity { realm: realm(account, arn, mark), principal: arn.to_owned(), denied: Vec::new() })
}

/// The account's id, with its partition where that is not `aws`, and the mark of a custom endpoint.
fn realm(account: &str, arn: &str, mark: Option<&str>) -> Realm {
    let base = match arn.split(':').nth(1) {
        None | Some("aws" | "") => account.to_owned(),
        Some(partition) => format!("{partition}.{account}"),
    };
    match mark {
        Some(host_port) => Realm::at_endpoint(&base, host_port),
        None => Realm::new(base),
    }
}

#[cfg(test)]
mod tests {
    use super::realm;

    #[test]
    fn a_realm_tells_partition_and_endpoint() {
        let at = |arn, mark| realm("123456789012", arn, mark).to_string();
        assert_eq!(at("arn:aws:iam::123456789012:user/ops", None), "123456789012");
        assert_eq!(at("arn:aws-cn:iam::123456789012:user/ops", None), "aws-cn.123456789012");
        let lab = Some("127.0.0.1:5000");
        assert_eq!(at("arn:aws:iam::123456789012:user/ops", lab), "123456789012@127.0.0.1-5000");
    }
}

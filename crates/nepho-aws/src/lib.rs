//! One AWS account: EC2 and STS.

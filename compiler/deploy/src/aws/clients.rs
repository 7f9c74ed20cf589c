//! Services that few commands speak with: their clients are made when they are first needed.

use super::Aws;
use super::connect::CutOff;

/// A function that makes the client of a service as all others are made.
macro_rules! client {
    ($name:ident, $sdk:ident) => {
        pub(super) fn $name(&self) -> $sdk::Client {
            let config = $sdk::config::Builder::from(&self.config)
                .retry_config(self.retry.clone())
                .interceptor(self.calls.clone())
                .retry_classifier(CutOff);
            $sdk::Client::from_conf(config.build())
        }
    };
}

impl Aws {
    client!(control, aws_sdk_cloudcontrol);
    client!(tagging, aws_sdk_resourcegroupstagging);
    client!(secrets_manager, aws_sdk_secretsmanager);
    client!(quotas, aws_sdk_servicequotas);
}

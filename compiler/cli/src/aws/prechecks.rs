//! What is looked at before a stack is planned: what would make its deployment fail late, and can be seen early.
//!
//! Always: only what is certain is an error; that AWS does not answer, or may not be asked, never keeps a stack from being deployed.

use cloudc_deploy::aws::Aws;
use cloudc_deploy::plan::Plan;
use cloudc_deploy::run::Settings;
use cloudc_deploy::{Error, Unit, quotas, secrets};

use super::units::Units;

/// Looks before a plan is asked for. Gives what to say along with it.
pub async fn look(aws: &Aws, unit: &Unit, settings: &Settings, units: &Units) -> Result<Vec<String>, Error> {
    let made: Vec<String> = units.units.iter().flat_map(secrets::made).collect();
    let unknown = secrets::before(aws, unit, &settings.parameters, &made).await?;
    Ok(unknown.into_iter().collect())
}

/// Looks at a plan. Gives what to say along with it.
pub async fn of_plan(aws: &Aws, plan: &Plan) -> Vec<String> {
    quotas::exceeded(aws, plan).await
}

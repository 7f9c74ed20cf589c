//! Disks of instances.
//!
//! In: properties of a resource. Out: problems at the value that is wrong.
//! Facts: <https://docs.aws.amazon.com/ebs/latest/userguide/ebs-volume-types.html>. Only the lower bounds, which do not change; the
//! upper ones grow.

use cloudc_hir::Problem;

use super::{At, REFUSED_TEXT, UNFIT_TOGETHER, any_property, each, property};
use crate::values::Node;

/// A kind of volume, its least size in GiB, and the least operations per second that can be asked for.
const KINDS: [(&str, i64, i64); 5] = [("io1", 4, 100), ("io2", 4, 100), ("gp3", 1, 3000), ("st1", 125, 0), ("sc1", 125, 0)];

/// The devices of an instance.
pub fn devices(properties: &Node, problems: &mut Vec<Problem>) {
    each(any_property(properties, "BlockDeviceMappings"), &mut |device| {
        instance_store(device, problems);
        if let At::There(disk) = property(device, "Ebs") {
            volume(disk, "VolumeSize", problems);
        }
    });
}

/// A volume; `size` names the property with its size.
pub fn volume(disk: &Node, size: &str, problems: &mut Vec<Problem>) {
    let Some(kind) = property(disk, "VolumeType").text() else { return };
    let Some((kind, least_size, least_speed)) = KINDS.iter().find(|(name, ..)| *name == kind) else { return };
    for (name, least, unit) in [(size, least_size, "GiB"), ("Iops", least_speed, "operations per second")] {
        let at = property(disk, name);
        let (Some(number), At::There(node)) = (at.number(), at) else { continue };
        if number < *least {
            let message = format!("a volume of the type `{kind}` has at least {least} {unit}, and `{name}` is {number}");
            problems
                .push(Problem::error(UNFIT_TOGETHER, node.src.anchor(), message).help(format!("`{name}` is {least} or more")));
        }
    }
}

/// Instance-store volumes are called `ephemeral0` to `ephemeral23`.
/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_BlockDeviceMapping.html>
fn instance_store(device: &Node, problems: &mut Vec<Problem>) {
    let At::There(name) = property(device, "VirtualName") else { return };
    let Some(text) = name.value.as_str() else { return };
    let number = text.strip_prefix("ephemeral").and_then(|number| number.parse::<u8>().ok());
    if number.is_none_or(|number| number > 23) {
        let problem = Problem::error(REFUSED_TEXT, name.src.anchor(), format!("{text:?} is no name of an instance-store volume"));
        problems.push(problem.help("they are called `ephemeral0` to `ephemeral23`"));
    }
}

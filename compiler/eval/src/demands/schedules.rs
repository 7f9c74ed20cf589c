//! When EventBridge does something.
//!
//! In: properties of a resource. Out: problems at the text that says when.

use cloudc_hir::Problem;

use super::{At, REFUSED_TEXT, any_property, property, sides};
use crate::schedule;
use crate::values::Node;

/// The schedule of a rule, or of EventBridge Scheduler (`at`: which knows points in time).
pub fn expression(properties: &Node, name: &str, at: bool, problems: &mut Vec<Problem>) {
    let At::There(node) = any_property(properties, name) else { return };
    sides(node, &mut |node| {
        let Some(text) = node.value.as_str().filter(|text| !text.contains("{{resolve:")) else { return };
        if let Some(wrong) = schedule::wrong(text, at) {
            problems.push(Problem::error(REFUSED_TEXT, node.src.anchor(), wrong.message).help(wrong.help));
        }
    });
}

/// Events of SAM's functions and state machines.
pub fn events(properties: &Node, problems: &mut Vec<Problem>) {
    for event in property(properties, "Events").fields() {
        let At::There(own) = property(&event.node, "Properties") else { continue };
        match property(&event.node, "Type").text() {
            Some("Schedule") => expression(own, "Schedule", false, problems),
            Some("ScheduleV2") => expression(own, "ScheduleExpression", true, problems),
            _ => {}
        }
    }
}

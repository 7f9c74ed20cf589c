//! Failed resources, shown where they are written.

use cloudc_deploy::run::{Applied, Failure as Cause};
use cloudc_deploy::{Error, codes};

use super::units::{Report, Units};
use crate::args::Global;
use crate::output;

/// Draws root causes at their source, and says what was only cancelled because of them.
pub fn show(units: &Units, unit: usize, failures: &[Cause], cancelled: usize, global: &Global) {
    let color = output::color_on_stderr(global.color);
    for cause in failures {
        let report = report(cause);
        let place = units.units[unit].written(&cause.top, &cause.path).map(|entry| entry.site.clone());
        match place {
            Some(place) => output::drawing(&units.drawn(unit, &[(place, report)], global, color)),
            // A resource that the program does not have any more, or the stack as a whole.
            None => {
                output::line(&printable(&format!("error[{}]: {}", report.code, report.message)));
                for note in report.notes {
                    output::line(&printable(&format!("  note: {note}")));
                }
                if let Some(help) = report.help {
                    output::line(&printable(&format!("  help: {help}")));
                }
            }
        }
    }
    if cancelled > 0 {
        let plural = if cancelled == 1 { "resource was" } else { "resources were" };
        output::line(&format!("{cancelled} more {plural} cancelled because of this"));
    }
}

fn report(cause: &Cause) -> Report {
    let verb = match cause.status.split('_').next() {
        Some("CREATE") => "created",
        Some("DELETE") => "deleted",
        Some("IMPORT") => "imported",
        _ => "changed",
    };
    let (message, label) = if cause.top.is_empty() {
        (format!("the stack `{}` could not be {verb}", cause.id), String::new())
    } else {
        (format!("`{}` could not be {verb}", cause.id), format!("this {}", cause.ty))
    };
    Report {
        code: if cause.top.is_empty() { codes::STACK_FAILED } else { codes::RESOURCE_FAILED },
        message,
        label,
        notes: vec![format!("AWS says: {}", cause.reason)],
        help: cause.advice.map(str::to_owned),
    }
}

/// Shows an error about a unit: where it names a resource of the unit, at that resource.
pub fn show_error(units: &Units, unit: usize, error: &Error, global: &Global) {
    let one = &units.units[unit];
    let ids = one.section("Resources").into_iter().flatten().map(|(id, _)| id);
    let named = |id: &&String| error.message.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| word == id.as_str());
    // The longest, so that `Data` does not stand for `DataBucket`.
    let place = ids.filter(named).max_by_key(|id| id.len()).and_then(|id| one.written(id, "")).map(|entry| entry.site.clone());
    let report = Report {
        code: error.code,
        message: error.message.clone(),
        label: String::new(),
        notes: error.notes.clone(),
        help: error.help.clone(),
    };
    match place {
        Some(place) => output::drawing(&units.drawn(unit, &[(place, report)], global, output::color_on_stderr(global.color))),
        None => tell(error),
    }
}

/// Tells an error that has no place.
pub fn tell(error: &Error) {
    output::line(&printable(&format!("error[{}]: {}", error.code, error.message)));
    for note in error.notes.iter().filter(|note| !note.is_empty()) {
        output::line(&printable(&format!("  note: {note}")));
    }
    if let Some(help) = &error.help {
        output::line(&printable(&format!("  help: {help}")));
    }
}

/// The line that ends a deployment which did not go well.
pub fn verdict(name: &str, applied: &Applied) -> String {
    let status = applied.stack.as_ref().map_or_else(|| "gone".to_owned(), |stack| stack.status.to_string());
    match applied.outcome {
        cloudc_deploy::store::Outcome::RolledBack => format!("`{name}` was not changed: everything was taken back ({status})"),
        _ => format!("`{name}` is in {status}"),
    }
}

fn printable(text: &str) -> String {
    cloudc_base::render::printable(text)
}

//! Diagnostics as the protocol has them.

use cloudc_base::{Code, Diagnostic, Severity, Tag};
use serde_json::{Value, json};
use tower_lsp::lsp_types::{
    self, CodeDescription, DiagnosticRelatedInformation, DiagnosticSeverity, DiagnosticTag, NumberOrString, Url,
};

use crate::snapshot::Snapshot;

/// Where the pages of `cloudc explain` are read in a browser.
const PAGES: &str = "https://github.com/cloudc-lang/cloudc/blob/main/docs/errors";
/// What is named as the source of diagnostics.
pub const SOURCE: &str = "cloudc";

/// One diagnostic, as much of it as the client can show.
pub fn diagnostic(snapshot: &Snapshot, one: &Diagnostic) -> lsp_types::Diagnostic {
    let client = &snapshot.client;
    lsp_types::Diagnostic {
        range: snapshot.range(one.file, one.range),
        severity: Some(match one.severity {
            Severity::Error => DiagnosticSeverity::ERROR,
            Severity::Warning => DiagnosticSeverity::WARNING,
            // What is shown faded or struck through needs no line below it.
            Severity::Note if one.tag.is_some() => DiagnosticSeverity::HINT,
            Severity::Note => DiagnosticSeverity::INFORMATION,
        }),
        code: Some(NumberOrString::String(one.code.0.to_owned())),
        code_description: client.code_descriptions.then(|| page(one.code)).flatten().map(|href| CodeDescription { href }),
        source: Some(SOURCE.to_owned()),
        message: message(snapshot, one),
        related_information: client.related_information.then(|| related(snapshot, one)).filter(|list| !list.is_empty()),
        tags: one.tag.map(|tag| {
            vec![match tag {
                Tag::Unused => DiagnosticTag::UNNECESSARY,
                Tag::Deprecated => DiagnosticTag::DEPRECATED,
            }]
        }),
        data: (client.diagnostic_data && !one.fixes.is_empty()).then(|| fixes(one)),
    }
}

/// The page about a code; names of lints have none yet.
fn page(code: Code) -> Option<Url> {
    let known = code.0.starts_with("C0") && code.0.len() == 5;
    known.then(|| Url::parse(&format!("{PAGES}/{}.md", code.0)).ok()).flatten()
}

/// The message, what is at the place, why, and what to do: what a terminal shows below it.
fn message(snapshot: &Snapshot, one: &Diagnostic) -> String {
    let mut text = one.message.clone();
    if !one.label.is_empty() && !text.contains(&one.label) {
        text.push_str(&format!("\n{}", one.label));
    }
    for note in &one.notes {
        text.push_str(&format!("\nnote: {note}"));
    }
    if let Some(help) = &one.help {
        text.push_str(&format!("\nhelp: {help}"));
    }
    snapshot.without_roots(text)
}

fn related(snapshot: &Snapshot, one: &Diagnostic) -> Vec<DiagnosticRelatedInformation> {
    let labels = one.labels.iter().filter(|label| !label.text.is_empty());
    let related = labels.map(|label| DiagnosticRelatedInformation {
        location: snapshot.location(label.file, label.range),
        message: snapshot.without_roots(label.text.clone()),
    });
    related.collect()
}

/// Titles of the fixes, so that a client can say that there are any.
fn fixes(one: &Diagnostic) -> Value {
    json!({ "fixes": one.fixes.iter().map(|fix| fix.title.as_str()).collect::<Vec<_>>() })
}

/// A number that differs when any of the diagnostics do: the id of a result that a client may have already.
pub fn result_id(list: &[lsp_types::Diagnostic]) -> String {
    let text = serde_json::to_vec(list).unwrap_or_default();
    // FNV-1a.
    let hash = text.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3));
    format!("{hash:016x}-{}", list.len())
}

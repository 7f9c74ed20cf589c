//! CloudFormation templates in an editor: what is wrong, what stands at the cursor, what can be written.
//!
//! In: a file whose text is a template, JSON or YAML. Out: the same plain data as for programs. Always: places are those of the template;
//! nothing of what is told speaks of programs; a text that is no template has nothing.

mod completion;
mod hover;
mod place;
#[cfg(test)]
mod tests;

use cloudc_base::{Diagnostic, File, Label, TextRange, TextSize};
use cloudc_driver::Database;
use cloudc_import::tree::Span;
use cloudc_schema::Schema;
use cloudc_types::Db as _;

pub use completion::template_completions;
pub use hover::template_hover;

/// Whether a text is meant to be a template, told from its words: templates that are being typed cannot be read.
pub fn is_template(text: &str) -> bool {
    text.contains("AWSTemplateFormatVersion") || (text.contains("Resources") && text.contains("Type") && text.contains("::"))
}

/// Everything that is wrong with a template.
pub fn template_diagnostics(db: &Database, file: File) -> Vec<Diagnostic> {
    let text = file.text(db);
    if !is_template(text) {
        return Vec::new();
    }
    let found = cloudc_import::check_file(db, file);
    let told = found.into_iter().map(|one| Diagnostic {
        code: one.code,
        severity: one.severity,
        message: one.message,
        file,
        range: range(text, one.span),
        label: one.label,
        labels: one.labels.into_iter().map(|(span, said)| Label { file, range: range(text, span), text: said }).collect(),
        notes: one.notes,
        help: one.help,
        fixes: Vec::new(),
        tag: None,
    });
    told.collect()
}

fn schema(db: &Database) -> Schema {
    db.schema().schema(db).clone()
}

/// The bytes of a span, of its first line: what is said of a block is said where it begins.
fn range(text: &str, span: Span) -> TextRange {
    let end = (span.end as usize).min(text.len());
    let start = (span.start as usize).min(end);
    let line = text.get(start..end).and_then(|part| part.find(['\n', '\r'])).map_or(end, |at| start + at);
    let clip = |at: usize| TextSize::new(u32::try_from(at).unwrap_or(u32::MAX));
    TextRange::new(clip(start), clip(line.max(start)))
}

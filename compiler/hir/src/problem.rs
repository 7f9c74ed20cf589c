//! A finding of a stage, placed by declaration and part instead of by offset, so that it survives edits elsewhere.

use cloudc_base::{Code, Db, Diagnostic, Edit, File, Fix, Label, Severity, Tag, TextRange, TextSize};
use smol_str::SmolStr;

use crate::body::{ExprId, TypeId};
use crate::decl::Decl;

/// A place in a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, salsa::SalsaValue)]
pub struct Anchor {
    /// The declaration.
    pub decl: Decl,
    /// Which part of it.
    pub part: Part,
}

/// A part of a declaration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, salsa::SalsaValue)]
pub enum Part {
    /// An expression.
    Expr(ExprId),
    /// What stands after the last dot of a field expression.
    Member(ExprId),
    /// A written type.
    Type(TypeId),
    /// The declaration's name, or its keyword when it has none.
    Name,
    /// The `n`th attribute.
    Attr(u32),
    /// The `n`th parameter of a function.
    FnParam(u32),
    /// From its keyword to its end.
    Whole,
}

/// What a stage found wrong. Turned into a [`Diagnostic`] by [`Problem::place`] when it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What kind.
    pub code: Code,
    /// How bad.
    pub severity: Severity,
    /// Primary place.
    pub at: Anchor,
    /// One lowercase line, no full stop.
    pub message: String,
    /// What is at the primary place.
    pub label: String,
    /// Related places.
    pub labels: Vec<(Anchor, String)>,
    /// Why.
    pub notes: Vec<String>,
    /// What to do.
    pub help: Option<String>,
    /// Edits that mend it.
    pub fixes: Vec<FixPlan>,
    /// How to show it.
    pub tag: Option<Tag>,
}

/// A fix placed by anchors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FixPlan {
    /// In the imperative.
    pub title: SmolStr,
    /// What to change.
    pub edits: Vec<(Spot, SmolStr)>,
}

/// Where an edit goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spot {
    /// Replaces it.
    Replace(Anchor),
    /// Goes in front of it.
    Before(Anchor),
    /// Goes behind it.
    After(Anchor),
    /// Becomes a new last entry of the record or list at the anchor, on lines of its own when it has several.
    LastEntry(Anchor),
}

impl Anchor {
    /// An expression of `decl`.
    pub fn expr(decl: Decl, expr: ExprId) -> Self {
        Anchor { decl, part: Part::Expr(expr) }
    }

    /// A written type of `decl`.
    pub fn ty(decl: Decl, ty: TypeId) -> Self {
        Anchor { decl, part: Part::Type(ty) }
    }

    /// The name of `decl`.
    pub fn name(decl: Decl) -> Self {
        Anchor { decl, part: Part::Name }
    }

    /// The file and the byte range in it, now.
    pub fn locate(self, db: &dyn Db) -> (File, TextRange) {
        let file = self.decl.file(db);
        let start = crate::chunks::chunk_of(db, self.decl).map_or(TextSize::from(0), |chunk| chunk.offset(db));
        let map = crate::lower::body_map(db, self.decl);
        let Part::Member(expr) = self.part else { return (file, map.range(self.part) + start) };
        let whole = map.range(Part::Expr(expr)) + start;
        let text = file.text(db).get(usize::from(whole.start())..usize::from(whole.end())).unwrap_or_default();
        let dot = text.rfind('.').map_or(0, |at| at + 1);
        (file, TextRange::new(whole.start() + TextSize::from(dot as u32), whole.end()))
    }
}

impl Problem {
    /// An error with nothing but a message.
    pub fn error(code: &'static str, at: Anchor, message: impl Into<String>) -> Self {
        Problem {
            code: Code(code),
            severity: Severity::Error,
            at,
            message: message.into(),
            label: String::new(),
            labels: Vec::new(),
            notes: Vec::new(),
            help: None,
            fixes: Vec::new(),
            tag: None,
        }
    }

    /// A warning with nothing but a message.
    pub fn warning(code: &'static str, at: Anchor, message: impl Into<String>) -> Self {
        Problem { severity: Severity::Warning, ..Problem::error(code, at, message) }
    }

    /// A note with nothing but a message.
    pub fn note_only(code: &'static str, at: Anchor, message: impl Into<String>) -> Self {
        Problem { severity: Severity::Note, ..Problem::error(code, at, message) }
    }

    /// Says what is at the primary place.
    pub fn label(mut self, text: impl Into<String>) -> Self {
        self.label = text.into();
        self
    }

    /// Adds a related place.
    pub fn related(mut self, at: Anchor, text: impl Into<String>) -> Self {
        self.labels.push((at, text.into()));
        self
    }

    /// Adds a reason.
    pub fn note(mut self, text: impl Into<String>) -> Self {
        self.notes.push(text.into());
        self
    }

    /// Says what to do.
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    /// Offers an edit.
    pub fn fix(mut self, title: impl Into<SmolStr>, spot: Spot, text: impl Into<SmolStr>) -> Self {
        self.fixes.push(FixPlan { title: title.into(), edits: vec![(spot, text.into())] });
        self
    }

    /// The problem with offsets.
    pub fn place(&self, db: &dyn Db) -> Diagnostic {
        let (file, range) = self.at.locate(db);
        let labels = self.labels.iter().map(|(at, text)| {
            let (file, range) = at.locate(db);
            Label { file, range, text: text.clone() }
        });
        Diagnostic {
            code: self.code,
            severity: self.severity,
            message: self.message.clone(),
            file,
            range,
            label: self.label.clone(),
            labels: labels.collect(),
            notes: self.notes.clone(),
            help: self.help.clone(),
            fixes: self.fixes.iter().map(|fix| place_fix(db, fix)).collect(),
            tag: self.tag,
        }
    }
}

fn place_fix(db: &dyn Db, plan: &FixPlan) -> Fix {
    let edits = plan.edits.iter().map(|(spot, text)| place_edit(db, *spot, text));
    Fix { title: plan.title.to_string(), edits: edits.collect() }
}

fn place_edit(db: &dyn Db, spot: Spot, text: &str) -> Edit {
    match spot {
        Spot::Replace(at) => {
            let (file, range) = at.locate(db);
            Edit { file, range, insert: text.to_owned() }
        }
        Spot::Before(at) => {
            let (file, range) = at.locate(db);
            Edit { file, range: TextRange::empty(range.start()), insert: text.to_owned() }
        }
        Spot::After(at) => {
            let (file, range) = at.locate(db);
            Edit { file, range: TextRange::empty(range.end()), insert: text.to_owned() }
        }
        Spot::LastEntry(at) => last_entry(db, at, text),
    }
}

/// Where a new last entry of a bracketed text goes, and with which separators and indentation.
fn last_entry(db: &dyn Db, at: Anchor, text: &str) -> Edit {
    let (file, range) = at.locate(db);
    let source = file.text(db);
    let inside = &source[usize::from(range.start())..usize::from(range.end())];
    let content_end = inside[..inside.len().saturating_sub(1)].trim_end().len();
    let position = range.start() + TextSize::from(content_end as u32);
    let range = TextRange::empty(position);
    if !inside.contains('\n') {
        let separator = if content_end <= 1 { " " } else { ", " };
        let closing = if content_end <= 1 && !inside.ends_with(" }") { " " } else { "" };
        return Edit { file, range, insert: format!("{separator}{}{closing}", text.replace('\n', ", ")) };
    }
    let line_start = source[..usize::from(range.start())].rfind('\n').map_or(0, |at| at + 1);
    let line = &source[line_start..];
    let close = &source[..usize::from(at.locate(db).1.end())];
    let close_line = &close[close.rfind('\n').map_or(0, |at| at + 1)..];
    let indent_source = if close_line.trim_end_matches(['}', ']']).trim().is_empty() { close_line } else { line };
    let indent: String = indent_source.chars().take_while(|c| *c == ' ' || *c == '\t').collect();
    let insert = text.lines().map(|entry| format!("\n{indent}  {entry}")).collect();
    Edit { file, range, insert }
}

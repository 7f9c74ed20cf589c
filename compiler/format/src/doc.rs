//! Documents: text with places where a line may end, and groups of such places that end together or not at all.

/// A piece of a document.
#[derive(Debug)]
pub(crate) enum Doc {
    /// Text as it is. Line ends in it are printed without indentation.
    Text(String),
    /// A comment at the end of a line; its width counts for nothing.
    Trailing(String),
    /// A line end when the group around it is broken, else this text.
    Line(&'static str),
    /// Text that stands only when the group around it is not broken.
    Flat(&'static str),
    /// A line end always.
    Hard,
    /// A blank line, before the line end that follows.
    Blank,
    /// Lines inside start two spaces further right, when the group around is broken.
    Nest(Vec<Doc>),
    /// Its lines end together: when `broken` says so or when they do not fit.
    Group { parts: Vec<Doc>, broken: bool },
}

impl Doc {
    /// Text as it is.
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }
    /// Pieces one behind the other.
    pub(crate) fn concat(parts: Vec<Doc>) -> Self {
        // A group without lines of its own is a mere sequence.
        Self::Group { parts, broken: false }
    }
}

#[derive(Clone, Copy)]
struct Command<'d> {
    indent: usize,
    broken: bool,
    doc: &'d Doc,
}

/// The text of a document whose lines are at most `width` characters where they can be; it ends in one line end.
pub(crate) fn render(doc: Doc, width: usize) -> String {
    let mut out = Out { text: String::new(), column: 0, indent: None };
    let mut stack = vec![Command { indent: 0, broken: true, doc: &doc }];
    while let Some(command) = stack.pop() {
        let Command { indent, broken, doc } = command;
        match doc {
            Doc::Text(text) | Doc::Trailing(text) => out.write(text),
            Doc::Line(_) if broken => out.line(indent),
            Doc::Line(text) => out.write(text),
            Doc::Flat(text) if !broken => out.write(text),
            Doc::Flat(_) => {}
            Doc::Hard => out.line(indent),
            Doc::Blank => out.blank(),
            Doc::Nest(parts) => push(&mut stack, parts, if broken { indent + 2 } else { indent }, broken),
            Doc::Group { parts, broken } => {
                let broken = *broken || !fits(width.saturating_sub(out.column()), parts, indent, &stack);
                push(&mut stack, parts, indent, broken);
            }
        }
    }
    let end = out.text.trim_end().len();
    out.text.truncate(end);
    if !out.text.is_empty() {
        out.text.push('\n');
    }
    out.text
}

fn push<'d>(stack: &mut Vec<Command<'d>>, parts: &'d [Doc], indent: usize, broken: bool) {
    stack.extend(parts.iter().rev().map(|doc| Command { indent, broken, doc }));
}

/// Whether `parts` unbroken, and what follows up to its next line end, take at most `room` characters.
fn fits(room: usize, parts: &[Doc], indent: usize, rest: &[Command<'_>]) -> bool {
    let mut room = room;
    let mut stack = Vec::new();
    push(&mut stack, parts, indent, false);
    let mut rest = rest.iter().rev();
    loop {
        let Some(command) = stack.pop().or_else(|| rest.next().copied()) else { return true };
        let taken = match command.doc {
            Doc::Text(text) => {
                let first = text.split('\n').next().unwrap_or_default();
                let taken = first.chars().count();
                if first.len() < text.len() {
                    return taken <= room;
                }
                taken
            }
            Doc::Trailing(_) | Doc::Hard | Doc::Blank => return true,
            Doc::Line(_) if command.broken => return true,
            Doc::Line(text) => text.len(),
            Doc::Flat(text) if !command.broken => text.len(),
            Doc::Flat(_) => 0,
            Doc::Nest(parts) => {
                push(&mut stack, parts, indent, command.broken);
                0
            }
            Doc::Group { parts, broken } => {
                push(&mut stack, parts, indent, *broken);
                0
            }
        };
        match room.checked_sub(taken) {
            Some(left) => room = left,
            None => return false,
        }
    }
}

struct Out {
    text: String,
    column: usize,
    /// The indentation that is due before the next text.
    indent: Option<usize>,
}

impl Out {
    fn column(&self) -> usize {
        self.indent.unwrap_or(self.column)
    }

    fn write(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        if let Some(indent) = self.indent.take() {
            self.text.extend(std::iter::repeat_n(' ', indent));
            self.column = indent;
        }
        self.text.push_str(text);
        self.column = match text.rsplit_once('\n') {
            Some((_, last)) => last.chars().count(),
            None => self.column + text.chars().count(),
        };
    }

    fn line(&mut self, indent: usize) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.indent = Some(indent);
    }

    fn blank(&mut self) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
    }
}

//! The text that is being written, and which part of it came from which node of the template.

/// A piece of the text and the node it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// The first byte.
    pub start: u32,
    /// The byte after the last.
    pub end: u32,
    /// The node.
    pub id: u32,
}

/// Text with marks.
#[derive(Debug, Default)]
pub struct Out {
    /// What is written so far.
    pub text: String,
    /// Inner marks come before those around them.
    pub marks: Vec<Mark>,
    /// How many blocks are open around what is written: two spaces each at the beginning of a line.
    pub depth: usize,
}

impl Out {
    /// Adds text.
    pub fn push(&mut self, text: &str) {
        for line in text.split_inclusive('\n') {
            if line != "\n" {
                self.indent();
            }
            self.text.push_str(line);
        }
    }

    fn indent(&mut self) {
        if self.text.ends_with('\n') {
            self.text.extend(std::iter::repeat_n("  ", self.depth));
        }
    }

    /// Where a mark begins: at what is written next.
    pub fn open(&mut self) -> u32 {
        self.indent();
        self.text.len() as u32
    }

    /// Ends a mark.
    pub fn close(&mut self, start: u32, id: u32) {
        let end = self.text.len() as u32;
        self.marks.push(Mark { start, end, id });
    }

    /// Adds what was written aside.
    pub fn append(&mut self, other: Out) {
        let shift = self.open();
        self.text.push_str(&other.text);
        let moved = other.marks.iter().map(|mark| Mark { start: mark.start + shift, end: mark.end + shift, id: mark.id });
        self.marks.extend(moved);
    }

    /// Adds text that says a node.
    pub fn marked(&mut self, id: u32, text: &str) {
        let start = self.open();
        self.push(text);
        self.close(start, id);
    }
}

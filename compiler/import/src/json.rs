//! JSON text to a tree with places. A reader of its own, because the usual ones give no places, or none of keys.
//!
//! In: text. Out: a tree, or the first thing that is wrong. Always: nesting deeper than [`DEPTH`] is an error; a key that is
//! written twice is a fault, and the later value holds.

use crate::tree::{Entry, Fault, Node, Span, Value};
use crate::{Tree, read::DEPTH};

/// Reads one JSON value.
pub fn read(text: &str) -> Tree {
    let mut reader = Reader { text, at: 0, next: 0, faults: Vec::new() };
    reader.space();
    let root = reader.value(0).and_then(|node| {
        reader.space();
        if reader.at < text.len() {
            return Err(reader.unexpected("the end of the file"));
        }
        Ok(node)
    });
    let mut faults = reader.faults;
    let root = root.map_err(|fault| faults.push(fault)).ok();
    Tree { root, faults }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    next: u32,
    faults: Vec<Fault>,
}

type Read<T> = Result<T, Fault>;

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn space(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.at += 1;
        }
    }

    fn unexpected(&self, wanted: &str) -> Fault {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let found = match rest.chars().next() {
            None => "the file ends".to_owned(),
            Some(c) => format!("there is `{}`", c.escape_debug()),
        };
        let width = rest.chars().next().map_or(0, char::len_utf8);
        Fault::fatal(Span::new(self.at, self.at + width), format!("{found} where JSON needs {wanted}"))
    }

    fn node(&mut self, start: usize, id: u32, value: Value) -> Node {
        Node { id, span: Span::new(start, self.at), value, comments: Vec::new() }
    }

    fn value(&mut self, depth: usize) -> Read<Node> {
        if depth > DEPTH {
            return Err(Fault::fatal(Span::new(self.at, self.at + 1), format!("nested deeper than {DEPTH} levels")));
        }
        let start = self.at;
        let id = self.next;
        self.next += 1;
        let value = match self.peek() {
            Some(b'{') => Value::Map(self.object(depth)?),
            Some(b'[') => Value::List(self.array(depth)?),
            Some(b'"') => Value::Text(self.string()?),
            Some(b'-' | b'0'..=b'9') => self.number()?,
            Some(b't') => self.word("true", Value::Bool(true))?,
            Some(b'f') => self.word("false", Value::Bool(false))?,
            Some(b'n') => self.word("null", Value::Null)?,
            _ => return Err(self.unexpected("a value")),
        };
        Ok(self.node(start, id, value))
    }

    fn word(&mut self, word: &str, value: Value) -> Read<Value> {
        if !self.text[self.at..].starts_with(word) {
            return Err(self.unexpected("a value"));
        }
        self.at += word.len();
        Ok(value)
    }

    fn number(&mut self) -> Read<Value> {
        let start = self.at;
        while let Some(b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9') = self.peek() {
            self.at += 1;
        }
        let text = &self.text[start..self.at];
        // What JSON takes for a number is serde's to know.
        match serde_json::from_str::<serde_json::Number>(text) {
            Ok(number) => Ok(match number.as_i64() {
                Some(whole) => Value::Int(whole),
                None => Value::Float(number.as_f64().unwrap_or_default()),
            }),
            Err(_) => Err(Fault::fatal(Span::new(start, self.at), format!("`{text}` is no number"))),
        }
    }

    fn string(&mut self) -> Read<String> {
        let start = self.at;
        self.at += 1;
        loop {
            match self.peek() {
                Some(b'"') => break,
                // An escape is two bytes at least; what it stands for is decoded below.
                Some(b'\\') => self.at += 2,
                Some(_) => self.at += 1,
                None => return Err(Fault::fatal(Span::new(start, self.text.len()), "this string is not closed")),
            }
        }
        self.at += 1;
        let raw = self.text.get(start..self.at).unwrap_or("\"");
        if let Ok(text) = serde_json::from_str(raw) {
            return Ok(text);
        }
        // Line breaks and tabs inside strings are no JSON, but people write them and CloudFormation takes them.
        let mended = raw.replace('\n', "\\n").replace('\r', "\\r").replace('\t', "\\t");
        let read = serde_json::from_str(&mended);
        read.map_err(|_| {
            Fault::fatal(Span::new(start, self.at), "this string holds an escape or a character that JSON does not know")
        })
    }

    fn array(&mut self, depth: usize) -> Read<Vec<Node>> {
        let mut items = Vec::new();
        self.at += 1;
        self.space();
        while self.peek() != Some(b']') {
            items.push(self.value(depth + 1)?);
            self.space();
            match self.peek() {
                Some(b',') => {
                    self.at += 1;
                    self.space();
                    if self.peek() == Some(b']') {
                        return Err(self.unexpected("one more element, or no comma before"));
                    }
                }
                Some(b']') => {}
                _ => return Err(self.unexpected("`,` or `]`")),
            }
        }
        self.at += 1;
        Ok(items)
    }

    fn object(&mut self, depth: usize) -> Read<Vec<Entry>> {
        let mut entries: Vec<Entry> = Vec::new();
        self.at += 1;
        self.space();
        while self.peek() != Some(b'}') {
            if self.peek() != Some(b'"') {
                return Err(self.unexpected("a key in double quotes"));
            }
            let start = self.at;
            let key = self.string()?;
            let span = Span::new(start, self.at);
            self.space();
            if self.peek() != Some(b':') {
                return Err(self.unexpected("`:`"));
            }
            self.at += 1;
            self.space();
            let value = self.value(depth + 1)?;
            entries.push(Entry { key, span, value });
            self.space();
            match self.peek() {
                Some(b',') => {
                    self.at += 1;
                    self.space();
                    if self.peek() == Some(b'}') {
                        return Err(self.unexpected("one more entry, or no comma before"));
                    }
                }
                Some(b'}') => {}
                _ => return Err(self.unexpected("`,` or `}`")),
            }
        }
        self.at += 1;
        Ok(crate::read::unique(entries, &mut self.faults))
    }
}

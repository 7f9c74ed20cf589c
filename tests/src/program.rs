//! One program of a page: its files, how it is built, what is expected of it.

use serde_json::Value;

use crate::expect::{Expectations, expectations};

/// A `cloud` block.
#[derive(Debug)]
pub struct Program {
    /// In the order written.
    pub files: Vec<SourceFile>,
    /// What `// build:` says.
    pub flags: Vec<String>,
    /// Whether there is a `// build:` line: then `/main.cloud` has to be something to build.
    pub build: bool,
    /// Parts of the template.
    pub templates: Vec<Value>,
    /// Parts of templates of nested stacks.
    pub nested: Vec<Value>,
}

/// A file of a program.
#[derive(Debug)]
pub struct SourceFile {
    /// `/main.cloud`.
    pub path: String,
    /// None when the file is only talked about.
    pub bytes: Option<Vec<u8>>,
    /// What its comments expect.
    pub expectations: Expectations,
}

/// Reads a block.
pub fn program(block: &str) -> Program {
    let mut rest = block;
    let mut flags = Vec::new();
    let mut build = false;
    if let Some(line) = block.lines().next().filter(|line| line.starts_with("// build:")) {
        build = true;
        flags = words(line.trim_start_matches("// build:"));
        let headers = block.lines().any(|line| line.starts_with("//- "));
        rest = if headers { &block[line.len() + 1..] } else { block };
    }
    let mut files: Vec<(String, String)> = Vec::new();
    for line in rest.split_inclusive('\n') {
        match line.strip_prefix("//- ") {
            Some(header) => files.push((header.trim().to_owned(), String::new())),
            None if files.is_empty() && line.trim().is_empty() && rest.contains("//- ") => {}
            None => {
                if files.is_empty() {
                    files.push(("/main.cloud".to_owned(), String::new()));
                }
                if let Some((_, text)) = files.last_mut() {
                    text.push_str(line);
                }
            }
        }
    }
    if files.is_empty() {
        files.push(("/main.cloud".to_owned(), String::new()));
    }
    let files = files.into_iter().map(|(header, text)| source_file(&header, &text)).collect();
    Program { files, flags, build, templates: Vec::new(), nested: Vec::new() }
}

/// A file from its header line (path, then words that change the bytes) and text.
fn source_file(header: &str, text: &str) -> SourceFile {
    let mut words = header.split_whitespace();
    let path = words.next().unwrap_or("/main.cloud").to_owned();
    let expectations = if path.ends_with(".cloud") { expectations(text) } else { Expectations::default() };
    let mut bytes = Some(text.as_bytes().to_vec());
    for word in words {
        bytes = match (word, bytes) {
            ("absent", _) => None,
            ("bom", Some(bytes)) => Some([b"\xef\xbb\xbf".as_slice(), &bytes].concat()),
            ("crlf", Some(bytes)) => Some(String::from_utf8_lossy(&bytes).replace('\n', "\r\n").into_bytes()),
            ("no-eol", Some(bytes)) => Some(bytes.strip_suffix(b"\n").unwrap_or(&bytes).to_vec()),
            ("hex", Some(bytes)) => Some(hex(&String::from_utf8_lossy(&bytes))),
            ("latin1", Some(bytes)) => Some(String::from_utf8_lossy(&bytes).chars().map(|c| c as u32 as u8).collect()),
            (word, _) => panic!("`{word}` is not a word of a file header"),
        };
    }
    SourceFile { path, bytes, expectations }
}

fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<char> = text.chars().filter(|c| !c.is_whitespace()).collect();
    digits.chunks(2).map(|pair| u8::from_str_radix(&pair.iter().collect::<String>(), 16).expect("hexadecimal digits")).collect()
}

/// Splits at spaces; `"…"` keeps them.
pub fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quoted = false;
    for c in text.chars() {
        match c {
            '"' => {
                quoted = !quoted;
                word.get_or_insert_default();
            }
            c if c.is_whitespace() && !quoted => words.extend(word.take()),
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_split_files_and_change_bytes() {
        let program =
            program("// build: --set a=\"x y\"\n//- /main.cloud crlf bom\nlet a = 1\n//- /b.bin hex\n00 ff\n//- /c absent\n");
        assert_eq!(program.flags, ["--set", "a=x y"]);
        let bytes: Vec<_> = program.files.iter().map(|file| file.bytes.clone()).collect();
        assert_eq!(bytes, [Some(b"\xef\xbb\xbflet a = 1\r\n".to_vec()), Some(vec![0, 255]), None]);
    }

    #[test]
    fn without_headers_the_flags_stay_in_the_text() {
        let program = program("// build: --env prod\nlet a = 1\n");
        assert_eq!(program.files[0].bytes.as_deref(), Some(b"// build: --env prod\nlet a = 1\n".as_slice()));
    }
}

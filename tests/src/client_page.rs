//! Pages that show what the language server answers: `fixtures/server/*.md`.
//!
//! A page is prose with fences. `cloud` fences hold the files of a workspace (`//- /path` starts one) with cursors `$0` to `$9`, which are
//! taken out. An `ask` fence holds a request: its method, where (`$0`, `$0..$1`, `/main.cloud`, nothing), and further parameters as JSON from the
//! second line on; `file:/main.cloud` in there is that file's URI. The `answer` fence behind it is written by `CLOUDC_BLESS=1`. Further requests:
//!
//! - `resolve METHOD N` sends the N-th item of the last answer back; `item METHOD N` as the member `item`;
//! - `edit $0` with a JSON string inserts that; `diagnostics /main.cloud` waits for what is pushed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::client::{Client, folder, uri};
use crate::client_show as show;

/// A workspace that a page asks about.
struct Workspace {
    client: Client,
    folder: PathBuf,
    texts: BTreeMap<String, (i32, String)>,
    /// File, and bytes from its start.
    cursors: BTreeMap<char, (String, usize)>,
    last: Value,
    legend: Value,
}

/// Runs a page; gives it with the answers of now.
pub fn run(name: &str, page: &str) -> String {
    let mut out = String::new();
    let mut workspace: Option<Workspace> = None;
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        let Some(language) = line.strip_prefix("```") else {
            out.push_str(&format!("{line}\n"));
            continue;
        };
        let body: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        let body = body.join("\n");
        // An answer comes anew behind its question.
        if language == "answer" {
            continue;
        }
        out.push_str(&format!("{line}\n{body}\n```\n"));
        match language {
            "cloud" => workspace = Some(Workspace::open(name, &body)),
            "ask" => {
                let workspace = workspace.as_mut().unwrap_or_else(|| panic!("{name}: a request before a program"));
                let answer = workspace.ask(&body);
                out.push_str(&format!("```answer\n{}\n```\n", answer.trim_end()));
            }
            _ => {}
        }
    }
    out
}

impl Workspace {
    fn open(name: &str, program: &str) -> Self {
        let folder = folder(&format!("page-{name}"));
        let mut texts: BTreeMap<String, (i32, String)> = BTreeMap::new();
        let mut path = "/main.cloud".to_owned();
        for line in program.lines() {
            match line.strip_prefix("//- ") {
                Some(header) => path = header.trim().to_owned(),
                None => texts.entry(path.clone()).or_insert((1, String::new())).1.push_str(&format!("{line}\n")),
            }
        }
        let mut cursors = BTreeMap::new();
        for (path, (_, text)) in &mut texts {
            while let Some((at, digit)) = marker(text) {
                text.replace_range(at..at + 2, "");
                cursors.insert(digit, (path.clone(), at));
            }
        }
        for (path, (_, text)) in &texts {
            let file = folder.join(&path[1..]);
            std::fs::create_dir_all(file.parent().unwrap_or(&folder)).expect("the folder can be made");
            std::fs::write(file, text).expect("the file can be written");
        }
        let mut client = Client::start();
        let said = client.initialize(&folder, crate::client::capable());
        client.settled();
        let legend = said["capabilities"]["semanticTokensProvider"]["legend"].clone();
        for (path, (version, text)) in texts.iter().filter(|(path, _)| path.ends_with(".cloud")) {
            client.open_text(&uri(&folder, path), *version, text);
        }
        Workspace { client, folder, texts, cursors, last: Value::Null, legend }
    }

    fn ask(&mut self, request: &str) -> String {
        let (head, rest) = request.split_once('\n').unwrap_or((request, ""));
        let words: Vec<&str> = head.split_whitespace().collect();
        let further: Value = if rest.trim().is_empty() {
            json!({})
        } else {
            serde_json::from_str(rest).unwrap_or_else(|error| panic!("{rest}: {error}"))
        };
        let (method, params) = match words[..] {
            ["edit", cursor] => return self.edit(cursor, further.as_str().expect("a text to insert")),
            ["diagnostics", path] => return self.diagnostics(path),
            ["resolve", method, index] => (method, self.item(index)),
            ["item", method, index] => (method, json!({ "item": self.item(index) })),
            [method] => (method, self.filled(further)),
            [method, place] => (method, merged(self.place(place), self.filled(further))),
            _ => panic!("`{head}` is no request"),
        };
        match self.client.ask(method, params.clone()) {
            Ok(answer) => {
                let context = show::Context { folder: &self.folder, texts: &self.texts, legend: &self.legend };
                let shown = show::answer(&context, method, &params, &answer);
                self.last = answer;
                shown
            }
            Err(error) => {
                let context = show::Context { folder: &self.folder, texts: &self.texts, legend: &self.legend };
                format!("error {}: {}", error["code"], show::named(&context, error["message"].as_str().unwrap_or_default()))
            }
        }
    }

    /// The n-th item of the last answer.
    fn item(&self, index: &str) -> Value {
        let index: usize = index.parse().expect("a number of an item");
        let list = if self.last.is_array() { &self.last } else { &self.last["items"] };
        list.get(index).unwrap_or_else(|| panic!("there is no item {index} in {}", self.last)).clone()
    }

    /// Names of files as URIs, and ids of results as they are.
    fn filled(&self, mut value: Value) -> Value {
        match &mut value {
            Value::String(text) => {
                if let Some(path) = text.strip_prefix("file:/").filter(|path| !path.starts_with('/')) {
                    *text = uri(&self.folder, &format!("/{path}"));
                } else if text == "$resultId" {
                    *text = self.last["resultId"].as_str().unwrap_or_default().to_owned();
                }
            }
            Value::Array(list) => list.iter_mut().for_each(|item| *item = self.filled(item.take())),
            Value::Object(members) => members.values_mut().for_each(|item| *item = self.filled(item.take())),
            _ => {}
        }
        value
    }

    fn place(&self, place: &str) -> Value {
        if place.starts_with('/') {
            return json!({ "textDocument": { "uri": uri(&self.folder, place) } });
        }
        let (first, second) = place.split_once("..").unwrap_or((place, place));
        let (path, start) = self.cursor(first);
        let (_, end) = self.cursor(second);
        let document = json!({ "uri": uri(&self.folder, &path) });
        if place.contains("..") {
            json!({ "textDocument": document, "range": { "start": start, "end": end } })
        } else {
            json!({ "textDocument": document, "position": start, "positions": [start] })
        }
    }

    fn cursor(&self, name: &str) -> (String, Value) {
        let digit = name.chars().nth(1).unwrap_or(' ');
        let (path, at) = self.cursors.get(&digit).unwrap_or_else(|| panic!("there is no cursor `{name}`"));
        (path.clone(), position(&self.texts[path].1, *at))
    }

    fn edit(&mut self, cursor: &str, insert: &str) -> String {
        let (path, at) = self.cursor(cursor);
        let offset = self.cursors[&cursor.chars().nth(1).unwrap_or(' ')].1;
        let (version, text) = self.texts.get_mut(&path).expect("cursors are in files");
        *version += 1;
        text.insert_str(offset, insert);
        let change = json!([{ "range": { "start": at, "end": at }, "text": insert }]);
        self.client.edit(&uri(&self.folder, &path), *version, change);
        for (_, (other, place)) in self.cursors.iter_mut().filter(|(_, (other, place))| *other == path && *place >= offset) {
            debug_assert_eq!(*other, path);
            *place += insert.len();
        }
        format!("version {version}")
    }

    fn diagnostics(&mut self, path: &str) -> String {
        let version = self.texts[path].0;
        let list = self.client.diagnostics(&uri(&self.folder, path), version);
        let context = show::Context { folder: &self.folder, texts: &self.texts, legend: &self.legend };
        show::answer(&context, "diagnostics", &Value::Null, &list)
    }
}

/// The first cursor in a text.
fn marker(text: &str) -> Option<(usize, char)> {
    text.match_indices('$').find_map(|(at, _)| Some((at, text[at + 1..].chars().next()?)).filter(|(_, c)| c.is_ascii_digit()))
}

/// A position in bytes, as was agreed with the server.
fn position(text: &str, at: usize) -> Value {
    let before = &text[..at];
    let start = before.rfind('\n').map_or(0, |end| end + 1);
    json!({ "line": before.matches('\n').count(), "character": at - start })
}

fn merged(mut one: Value, other: Value) -> Value {
    if let (Value::Object(one), Value::Object(other)) = (&mut one, other) {
        one.extend(other);
    }
    one
}

/// Every page, with its path.
pub fn pages() -> Vec<(String, PathBuf)> {
    let folder: &Path = &crate::sources::root().join("tests/fixtures/server");
    let mut found: Vec<(String, PathBuf)> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|end| end == "md"))
        .map(|path| (path.file_stem().unwrap_or_default().to_string_lossy().into_owned(), path))
        .collect();
    found.sort();
    found
}

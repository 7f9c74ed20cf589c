//! After any edits the server says what a server says that was started with the result.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use cloudc_base::FileSystem;
use cloudc_driver::MemoryFs;
use cloudc_schema::Schema;
use cloudc_server::Host;
use cloudc_tests::client::{Client, folder, uri};
use cloudc_tests::client_pipe::Pipe;
use cloudc_tests::mutate::Numbers;
use cloudc_tests::sources;
use serde_json::{Value, json};

/// Edits in all, over several programs.
const EDITS: usize = 10_000;
/// Edits between two comparisons: a burst, which the server may take together.
const STRETCH: usize = 100;

/// Programs that use most of the language, two of them with modules.
const PROGRAMS: [&str; 5] = ["queue-worker", "static-site", "waf-api", "monitoring", "vpc-three-zones"];

/// What is typed.
const PIECES: [&str; 22] = [
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    "\"",
    "${",
    "//",
    "\n",
    "\r\n",
    "é",
    "𝒳",
    " ",
    ":",
    "=",
    ".",
    "let x = 1\n",
    "resource r: AWS::SNS::Topic {}\n",
    "import \"./net.cloud\" { a }\n",
    "Name",
    "if ",
];

/// One edit: LSP's change, and the text after it.
fn random_edit(text: &mut String, numbers: &mut Numbers) -> Value {
    let floor = |text: &str, mut at: usize| {
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let start = floor(text, numbers.below(text.len() + 1));
    let end = if numbers.below(2) == 0 { start } else { floor(text, (start + numbers.below(20)).min(text.len())) };
    // Between `\r` and `\n` there is no position.
    let start = if text[..start].ends_with('\r') && text[start..].starts_with('\n') { start - 1 } else { start };
    let end = if text[..end].ends_with('\r') && text[end..].starts_with('\n') { end - 1 } else { end };
    let end = end.max(start);
    let insert = match numbers.below(3) {
        0 => "",
        _ => PIECES[numbers.below(PIECES.len())],
    };
    let range = json!({ "start": position(text, start), "end": position(text, end) });
    text.replace_range(start..end, insert);
    json!({ "range": range, "text": insert })
}

/// In units of UTF-16.
fn position(text: &str, at: usize) -> Value {
    let (mut line, mut start) = (0, 0);
    let bytes = text.as_bytes();
    for (place, byte) in bytes[..at].iter().enumerate() {
        if *byte == b'\n' || (*byte == b'\r' && bytes.get(place + 1) != Some(&b'\n')) {
            line += 1;
            start = place + 1;
        }
    }
    json!({ "line": line, "character": text[start..at].encode_utf16().count() })
}

/// The `.cloud` files of an example, those that are shortest first.
fn example(name: &str) -> Option<BTreeMap<String, String>> {
    let found = sources::examples().into_iter().find(|folder| folder.name.ends_with(name))?;
    let texts = found.files.into_iter().filter_map(|(path, bytes)| Some((path, String::from_utf8(bytes).ok()?)));
    Some(texts.filter(|(path, _)| path.ends_with(".cloud")).collect())
}

/// A server without a process or a disk.
fn server(files: &BTreeMap<String, String>) -> Pipe {
    let files: Arc<dyn FileSystem> = Arc::new(MemoryFs::new(files.iter().map(|(path, text)| (path.clone(), text.clone()))));
    Pipe::start(Host {
        disk: Arc::new(move |_: &Path| files.clone()),
        project: Arc::new(|folder: &Path| folder.to_path_buf()),
        schema: Arc::new(Schema::embedded),
        program: None,
        version: "0".to_owned(),
        testing: true,
    })
}

/// What a server says about open documents, in the order of their names: text and diagnostics.
fn said(client: &mut impl Speaks, uris: &[String]) -> Vec<(Value, Value)> {
    let document = |uri: &String| json!({ "textDocument": { "uri": uri } });
    let one = |uri: &String| {
        let text = client.ask("cloudc/test/text", document(uri)).expect("it is open")["text"].clone();
        (text, client.ask("textDocument/diagnostic", document(uri)).expect("it is open")["items"].clone())
    };
    uris.iter().map(one).collect()
}

trait Speaks {
    fn ask(&mut self, method: &str, params: Value) -> Result<Value, Value>;
    fn tell(&mut self, method: &str, params: Value);
}

impl Speaks for Client {
    fn ask(&mut self, method: &str, params: Value) -> Result<Value, Value> {
        Client::ask(self, method, params)
    }
    fn tell(&mut self, method: &str, params: Value) {
        Client::tell(self, method, params);
    }
}

impl Speaks for Pipe {
    fn ask(&mut self, method: &str, params: Value) -> Result<Value, Value> {
        Pipe::ask(self, method, params)
    }
    fn tell(&mut self, method: &str, params: Value) {
        Pipe::tell(self, method, params);
    }
}

fn open(client: &mut impl Speaks, uri: &str, text: &str) {
    let document = json!({ "uri": uri, "languageId": "cloud", "version": 1, "text": text });
    client.tell("textDocument/didOpen", json!({ "textDocument": document }));
}

/// Edits the files of a program at random, and compares with a fresh server after each stretch.
fn run<C: Speaks>(name: &str, edits: usize, start: impl Fn(&BTreeMap<String, String>) -> (C, Vec<String>)) {
    let Some(mut files) = example(name) else { panic!("there is no example `{name}`") };
    let disk = files.clone();
    let (mut client, uris) = start(&disk);
    for (uri, text) in uris.iter().zip(files.values()) {
        open(&mut client, uri, text);
    }
    let mut numbers = Numbers::seeded(name);
    let mut version = 1;
    for stretch in 0..edits.div_ceil(STRETCH) {
        for _ in 0..STRETCH {
            version += 1;
            let which = numbers.below(uris.len());
            let path = files.keys().nth(which).expect("as many as URIs").clone();
            let text = files.get_mut(&path).expect("it is there");
            let changes = match numbers.below(40) {
                // Now and then everything is replaced, as by a formatter or by undoing a lot.
                0 => {
                    text.clone_from(&disk[&path]);
                    json!([{ "text": text }])
                }
                1..6 => json!([random_edit(text, &mut numbers), random_edit(text, &mut numbers)]),
                _ => json!([random_edit(text, &mut numbers)]),
            };
            let document = json!({ "uri": uris[which], "version": version });
            client.tell("textDocument/didChange", json!({ "textDocument": document, "contentChanges": changes }));
        }
        let (mut fresh, _) = start(&disk);
        for (uri, text) in uris.iter().zip(files.values()) {
            open(&mut fresh, uri, text);
        }
        let (now, wanted) = (said(&mut client, &uris), said(&mut fresh, &uris));
        for ((uri, text), (now, wanted)) in uris.iter().zip(files.values()).zip(now.iter().zip(&wanted)) {
            assert_eq!(now.0, text.as_str(), "{name}, stretch {stretch}: the text of {uri}");
            assert_eq!(now.1, wanted.1, "{name}, stretch {stretch}: the diagnostics of {uri}\n{text}");
        }
    }
}

#[test]
fn ten_thousand_edits_equal_a_fresh_start() {
    for name in PROGRAMS {
        run(name, EDITS / PROGRAMS.len(), |files| {
            let mut pipe = server(files);
            let folders = json!([{ "uri": "file:///", "name": "all" }]);
            pipe.ask("initialize", json!({ "capabilities": {}, "workspaceFolders": folders })).expect("it is answered");
            pipe.tell("initialized", json!({}));
            (pipe, files.keys().map(|path| format!("file://{path}")).collect())
        });
    }
}

/// Everything that can be asked about a place.
const ABOUT_A_PLACE: [&str; 14] = [
    "textDocument/hover",
    "textDocument/completion",
    "textDocument/signatureHelp",
    "textDocument/definition",
    "textDocument/typeDefinition",
    "textDocument/implementation",
    "textDocument/references",
    "textDocument/documentHighlight",
    "textDocument/prepareRename",
    "textDocument/rename",
    "textDocument/prepareCallHierarchy",
    "textDocument/prepareTypeHierarchy",
    "textDocument/linkedEditingRange",
    "textDocument/onTypeFormatting",
];
/// Everything that can be asked about a part or the whole of a document.
const ABOUT_A_DOCUMENT: [&str; 13] = [
    "textDocument/codeAction",
    "textDocument/inlayHint",
    "textDocument/semanticTokens/range",
    "textDocument/rangeFormatting",
    "textDocument/semanticTokens/full",
    "textDocument/codeLens",
    "textDocument/documentSymbol",
    "textDocument/foldingRange",
    "textDocument/documentLink",
    "textDocument/formatting",
    "cloud/syntaxTree",
    "cloud/showTemplate",
    "cloud/graph",
];

#[test]
fn no_question_about_a_half_typed_program_goes_wrong() {
    for name in ["queue-worker", "waf-api", "vpc-three-zones"] {
        let mut files = example(name).expect("the example is there");
        let (path, whole) = files.pop_last().expect("it has a file");
        let mut client = server(&files);
        let folders = json!([{ "uri": "file:///", "name": "all" }]);
        let lazily = json!({ "codeActionLiteralSupport": { "codeActionKind": { "valueSet": [] } } });
        let capabilities = json!({ "textDocument": { "codeAction": lazily } });
        client.ask("initialize", json!({ "capabilities": capabilities, "workspaceFolders": folders })).expect("it is answered");
        client.tell("initialized", json!({}));
        let uri = format!("file://{path}");
        open(&mut client, &uri, &whole);
        let mut numbers = Numbers::seeded(&format!("questions {name}"));
        let mut text = whole.clone();
        for round in 0..60 {
            if round % 12 == 0 {
                text.clone_from(&whole);
            }
            random_edit(&mut text, &mut numbers);
            let document = json!({ "uri": uri, "version": round + 2 });
            client.tell("textDocument/didChange", json!({ "textDocument": document, "contentChanges": [{ "text": text }] }));
            let mut anywhere =
                || position(&text, (0..=numbers.below(text.len() + 1)).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0));
            let (at, end) = (anywhere(), anywhere());
            let params = json!({
                "textDocument": { "uri": uri }, "position": at, "range": { "start": at, "end": end }, "positions": [at],
                "context": { "includeDeclaration": true, "diagnostics": [], "triggerKind": 1, "isRetrigger": false }, "newName": "renamed", "ch": "\n",
                "options": { "tabSize": 2, "insertSpaces": true }
            });
            for method in ABOUT_A_PLACE.into_iter().chain(ABOUT_A_DOCUMENT) {
                if let Err(error) = client.ask(method, params.clone()) {
                    // A rename may be refused; nothing may go wrong.
                    assert_eq!(error["code"], -32803, "{name}, round {round}, {method} at {at}: {error}\n{text}");
                }
            }
        }
    }
}

#[test]
fn edits_over_standard_input_equal_a_fresh_start() {
    run(PROGRAMS[0], 200, |files| {
        let folder = folder("edits");
        for (path, text) in files {
            let place = folder.join(&path[1..]);
            std::fs::create_dir_all(place.parent().unwrap_or(&folder)).expect("the folder can be made");
            std::fs::write(place, text).expect("the file can be written");
        }
        let mut client = Client::start();
        client.initialize(&folder, json!({}));
        (client, files.keys().map(|path| uri(&folder, path)).collect())
    });
}

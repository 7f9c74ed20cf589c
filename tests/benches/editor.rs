//! How fast the language server answers, beside the servers that people use for templates today. Run it with `cargo xtask bench editor`.
#![allow(missing_docs, clippy::print_stdout)]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use cloudc_tests::client::{Client, capable, uri};
use cloudc_tests::{generate, sources};
use serde_json::{Value, json};

/// How many edits are timed.
const EDITS: usize = 2_000;

/// Lines of the files that are opened.
const LINES: [usize; 3] = [100, 1_000, 10_000];

/// How long a peer is waited for before its cell stays empty.
const PATIENCE: Duration = Duration::from_secs(60);

fn main() {
    let Some(binary) = std::env::var_os("CLOUDC_BINARY").map(PathBuf::from) else {
        println!("set CLOUDC_BINARY, or run `cargo xtask bench editor`");
        return;
    };
    let folder = sources::target().join("bench-editor");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("the target folder can be written");
    let folder = folder.canonicalize().expect("it is there");
    println!("{:<44} {:>10} {:>10} {:>10}", "cloudc lsp", "median", "p99", "max");
    starting(&binary, &folder);
    for lines in LINES {
        one_file(&binary, &folder, &generate::services("bench", lines));
    }
    println!("as many small resources as fit, twice what CloudFormation takes:");
    one_file(&binary, &folder, &generate::stack("bench", 1_350));
    workspace(&binary, &folder);
    let peers = peers();
    if peers.is_empty() {
        println!("\nno peer is installed: `cargo xtask bench editor --peers` fetches them");
    }
    for peer in &peers {
        println!("\n{:<44} {:>10} {:>10} {:>10}", peer.name, "median", "p99", "max");
        for lines in LINES {
            peer.one_file(&binary, &folder, lines);
        }
    }
}

/// From the start of the process to the answer of `initialize`.
fn starting(binary: &Path, folder: &Path) {
    let empty = project(folder, "empty");
    row("initialize, process start included", 50, |_| {
        let mut client = server(binary);
        client.initialize(&empty, capable());
    });
}

/// One file in a project of its own.
fn one_file(binary: &Path, folder: &Path, text: &str) {
    let folder = project(folder, &format!("lines-{}", text.lines().count()));
    std::fs::write(folder.join("main.cloud"), text).expect("written");
    let uri = uri(&folder, "/main.cloud");
    let title = |what: &str| format!("{what}, {} lines", text.lines().count());
    row(&title("open to diagnostics"), 10, |_| {
        let mut client = server(binary);
        client.initialize(&folder, capable());
        client.open_text(&uri, 1, text);
        assert_eq!(client.diagnostics(&uri, 1), json!([]));
    });
    let mut client = server(binary);
    client.initialize(&folder, capable());
    client.open_text(&uri, 1, text);
    assert_eq!(client.diagnostics(&uri, 1), json!([]));
    let changes = edits(text, EDITS + 2);
    let mut version = 1;
    row(&title("keystroke to diagnostics"), EDITS, |n| {
        version += 1;
        client.edit(&uri, version, json!([changes[n]]));
        client.diagnostics(&uri, version);
    });
    version += 1;
    client.edit(&uri, version, json!([{ "text": text }]));
    assert_eq!(client.diagnostics(&uri, version), json!([]));
    let place = |needle: &str| position(text, text.find(needle).expect("the program has one") + needle.len());
    let at = |needle: &str| json!({ "textDocument": { "uri": uri }, "position": place(needle) });
    let (typed, property, name) = (at("resource topic_0: AWS::S"), at("\"jobs-0\"\n  Visib"), at("resource fail"));
    row(&title("completion among all types"), 200, |_| {
        assert!(items(&client.ask("textDocument/completion", typed.clone())) > 20)
    });
    row(&title("completion of a property"), 200, |_| {
        assert!(items(&client.ask("textDocument/completion", property.clone())) > 0)
    });
    row(&title("hover"), 200, |_| assert!(client.ask("textDocument/hover", name.clone()).is_ok_and(|answer| !answer.is_null())));
    let mut references = name.clone();
    references["context"] = json!({ "includeDeclaration": true });
    row(&title("references"), 100, |_| assert!(items(&client.ask("textDocument/references", references.clone())) >= 3));
    let document = json!({ "textDocument": { "uri": uri } });
    row(&title("semantic tokens, full"), 50, |_| {
        assert!(client.ask("textDocument/semanticTokens/full", document.clone()).is_ok())
    });
    println!("{:<44} {:>10}", title("memory"), megabytes(client.process()));
}

/// 200 files in a folder, one of them open.
fn workspace(binary: &Path, folder: &Path) {
    let folder = project(folder, "workspace");
    for n in 0..200 {
        let text = generate::stack(&format!("s{n}"), 14);
        std::fs::write(folder.join(format!("s{n}.cloud")), text).expect("written");
    }
    let mut client = server(binary);
    client.initialize(&folder, capable());
    client.settled();
    let uri = uri(&folder, "/s7.cloud");
    let text = std::fs::read_to_string(folder.join("s7.cloud")).expect("written");
    client.open_text(&uri, 1, &text);
    client.diagnostics(&uri, 1);
    println!("{:<44} {:>10}", "memory, 200 files, one open", megabytes(client.process()));
    let changes = edits(&text, EDITS + 2);
    let mut version = 1;
    row("keystroke to diagnostics, 200 files", EDITS, |n| {
        version += 1;
        client.edit(&uri, version, json!([changes[n]]));
        client.diagnostics(&uri, version);
    });
    row("workspace symbols, 200 files", 50, |_| {
        assert!(items(&client.ask("workspace/symbol", json!({ "query": "topic" }))) > 0);
    });
    println!("{:<44} {:>10}", "memory after it", megabytes(client.process()));
}

/// A server that others wrote, for templates of CloudFormation.
struct Peer {
    name: String,
    command: Vec<PathBuf>,
    id: &'static str,
}

/// Those that are installed in the folder named by `CLOUDC_PEERS`.
fn peers() -> Vec<Peer> {
    let Some(folder) = std::env::var_os("CLOUDC_PEERS").map(PathBuf::from) else { return Vec::new() };
    let yaml = folder.join("node/node_modules/.bin/yaml-language-server");
    let cfn = folder.join("bin/cfn-lsp-extra");
    let mut peers = Vec::new();
    if cfn.is_file() {
        peers.push(Peer { name: "cfn-lsp-extra".to_owned(), command: vec![cfn], id: "yaml.cloudformation" });
    }
    if yaml.is_file() {
        let name = "yaml-language-server, no schema: syntax only".to_owned();
        peers.push(Peer { name, command: vec![yaml, "--stdio".into()], id: "yaml" });
    }
    peers
}

impl Peer {
    fn start(&self, folder: &Path) -> Option<Client> {
        let mut command = Command::new(&self.command[0]);
        command.args(&self.command[1..]).current_dir(folder);
        let mut client = Client::over(command);
        client.configuration = json!({ "customTags": ["!Ref", "!GetAtt", "!Sub"], "validate": true });
        client.patience = PATIENCE;
        let params = json!({ "processId": std::process::id(), "rootUri": uri(folder, ""), "capabilities": capable() });
        answered(&mut client, "initialize", params)?;
        client.tell("initialized", json!({}));
        Some(client)
    }

    /// The template of the same program.
    fn one_file(&self, binary: &Path, folder: &Path, lines: usize) {
        let folder = project(folder, &format!("peer-{lines}"));
        let source = folder.join("main.cloud");
        std::fs::write(&source, generate::services("bench", lines)).expect("written");
        let output =
            Command::new(binary).args(["build", "--format", "yaml", "-o", "-"]).arg(&source).output().expect("cloudc runs");
        let text = String::from_utf8(output.stdout).expect("a template");
        assert!(!text.is_empty(), "the program builds");
        std::fs::write(folder.join("template.yaml"), &text).expect("written");
        let uri = uri(&folder, "/template.yaml");
        let title = |what: &str| format!("{what}, template of {} lines", text.lines().count());
        let start = Instant::now();
        let Some(mut client) = self.start(&folder) else {
            println!("{:<44} {:>10}", title("initialize"), "no answer");
            return;
        };
        println!("{:<44} {:>10}", title("initialize"), shown(start.elapsed()));
        let start = Instant::now();
        let document = json!({ "uri": uri, "languageId": self.id, "version": 1, "text": text });
        client.tell("textDocument/didOpen", json!({ "textDocument": document }));
        if diagnosed(&mut client, &uri).is_none() {
            println!("{:<44} {:>10}", title("open to diagnostics"), format!("> {} s", PATIENCE.as_secs()));
            return;
        }
        println!("{:<44} {:>10}", title("open to diagnostics"), shown(start.elapsed()));
        let changes = edits(&text, 20);
        let mut version = 1;
        let mut taken = Vec::new();
        let all = Instant::now();
        while taken.len() < 20 && all.elapsed() < PATIENCE {
            version += 1;
            client.forget();
            let start = Instant::now();
            client.edit(&uri, version, json!([changes[taken.len()]]));
            client.tell("textDocument/didSave", json!({ "textDocument": { "uri": uri } }));
            if diagnosed(&mut client, &uri).is_none() {
                break;
            }
            taken.push(start.elapsed());
        }
        print_row(&title("keystroke to diagnostics"), taken);
        let property = position(&text, text.find("\n      QueueName").expect("a queue") + 10);
        let at = json!({ "textDocument": { "uri": uri }, "position": property });
        for (what, method) in [("completion of a property", "textDocument/completion"), ("hover", "textDocument/hover")] {
            let mut taken = Vec::new();
            for _ in 0..20 {
                let start = Instant::now();
                if answered(&mut client, method, at.clone()).is_none() {
                    break;
                }
                taken.push(start.elapsed());
            }
            print_row(&title(what), taken);
        }
        println!("{:<44} {:>10}", title("memory"), megabytes(client.process()));
    }
}

/// The answer, unless none comes in time.
fn answered(client: &mut Client, method: &str, params: Value) -> Option<Value> {
    let id = client.request(method, params);
    client.try_wait(|message| message["id"] == id && message.get("method").is_none()).ok()
}

/// Diagnostics of whatever version, unless none come in time.
fn diagnosed(client: &mut Client, uri: &str) -> Option<Value> {
    let about = |message: &Value| message["method"] == "textDocument/publishDiagnostics" && message["params"]["uri"] == uri;
    client.try_wait(about).ok()
}

/// Random edits, each followed by the one that takes it back, as the protocol has them. The seed is fixed: all runs type the same.
fn edits(text: &str, count: usize) -> Vec<Value> {
    const TYPED: [&str; 18] = ["a", "{", "}", "\"", "(", ")", "[", "]", " ", "\n", ":", ",", "=", "1", "$", "/", "@", "x"];
    let mut seed: u64 = 88_172_645_463_325_252;
    let mut random = |below: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        (seed >> 11) as usize % below
    };
    let mut changes = Vec::with_capacity(count);
    while changes.len() < count {
        // What is measured on is ASCII, so that every byte is a character.
        let at = random(text.len());
        let (end, insert) = if random(3) == 0 { (at + 1, "") } else { (at, TYPED[random(TYPED.len())]) };
        changes.push(change(text, at, end, insert));
        let mut edited = text.to_owned();
        edited.replace_range(at..end, insert);
        changes.push(change(&edited, at, at + insert.len(), &text[at..end]));
    }
    changes
}

fn change(text: &str, start: usize, end: usize, insert: &str) -> Value {
    json!({ "range": { "start": position(text, start), "end": position(text, end) }, "text": insert })
}

fn position(text: &str, offset: usize) -> Value {
    let before = &text[..offset];
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    json!({ "line": before.matches('\n').count(), "character": offset - line_start })
}

/// An empty project.
fn project(folder: &Path, name: &str) -> PathBuf {
    let folder = folder.join(name);
    std::fs::create_dir_all(folder.join(".git")).expect("created");
    folder
}

fn server(binary: &Path) -> Client {
    let mut command = Command::new(binary);
    command.args(["--embedded-schemas", "lsp"]);
    Client::over(command)
}

/// How many elements a list has that is the answer, or in it.
fn items(answer: &Result<Value, Value>) -> usize {
    let answer = answer.as_ref().expect("an answer");
    answer.as_array().or_else(|| answer["items"].as_array()).map_or(0, Vec::len)
}

/// Resident memory of a process.
fn megabytes(process: u32) -> String {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = resident.and_then(|rest| rest.trim().split(' ').next()?.parse::<f64>().ok());
    kilobytes.map_or("unknown here".to_owned(), |kb| format!("{:.1} MB", kb / 1024.0))
}

fn row(title: &str, times: usize, mut job: impl FnMut(usize)) {
    job(0);
    let timed = |n| {
        let start = Instant::now();
        job(n + 1);
        start.elapsed()
    };
    print_row(title, (0..times).map(timed).collect());
}

fn print_row(title: &str, mut taken: Vec<Duration>) {
    taken.sort();
    let at = |part: f64| {
        taken.get((taken.len().saturating_sub(1) as f64 * part).round() as usize).map_or("–".to_owned(), |it| shown(*it))
    };
    println!("{title:<44} {:>10} {:>10} {:>10}", at(0.5), at(0.99), at(1.0));
}

fn shown(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1e3)
}

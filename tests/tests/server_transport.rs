//! The ways in which a language server can go wrong though every answer in it is right.

use std::path::Path;
use std::time::{Duration, Instant};

use cloudc_tests::client::{self, Client, folder, uri};
use serde_json::{Value, json};

const CONTENT_MODIFIED: i64 = -32801;
const CANCELLED: i64 = -32800;
const INTERNAL: i64 = -32603;
const INVALID_PARAMS: i64 = -32602;
const UNKNOWN_METHOD: i64 = -32601;
const INVALID_REQUEST: i64 = -32600;
const NO_JSON: i64 = -32700;
const NOT_INITIALIZED: i64 = -32002;

const PROGRAM: &str = "stack shop { region: \"eu-west-1\" }\n\nresource topic: AWS::SNS::Topic {}\n";

/// A server with one open document.
fn open(name: &str) -> (Client, String) {
    let folder = folder(name);
    let mut client = Client::open(&folder);
    let uri = uri(&folder, "/main.cloud");
    client.open_text(&uri, 1, PROGRAM);
    (client, uri)
}

fn insert(line: u32, character: u32, text: &str) -> Value {
    let at = json!({ "line": line, "character": character });
    json!([{ "range": { "start": at, "end": at }, "text": text }])
}

fn text(client: &mut Client, uri: &str) -> (String, i64) {
    let answer = client.ask("cloudc/test/text", json!({ "textDocument": { "uri": uri } })).expect("the document is open");
    (answer["text"].as_str().unwrap_or_default().to_owned(), answer["version"].as_i64().unwrap_or(-1))
}

#[track_caller]
fn code(answer: Result<Value, Value>) -> i64 {
    answer.expect_err("an error is expected")["code"].as_i64().expect("errors have codes")
}

/// Says goodbye; the server ends with 0.
#[track_caller]
fn leave(mut client: Client) {
    assert_eq!(client.ask("shutdown", Value::Null), Ok(Value::Null));
    client.tell("exit", Value::Null);
    assert_eq!(client.ended(), Some(0));
}

#[test]
fn edits_in_a_burst_keep_their_order() {
    let (mut client, uri) = open("burst");
    let mut wanted = PROGRAM.to_owned();
    for version in 2..=1000 {
        // Each edit is right only after all before it.
        let letter = char::from(b'a' + (version % 26) as u8);
        client.edit(&uri, version, insert(3, (version - 2) as u32, &letter.to_string()));
        wanted.push(letter);
        if version % 100 == 0 {
            assert_eq!(text(&mut client, &uri), (wanted.clone(), i64::from(version)));
        }
    }
    assert_eq!(text(&mut client, &uri), (wanted, 1000));
    let found = client.diagnostics(&uri, 1000);
    assert_eq!(found.as_array().map(Vec::len), Some(1), "{found:#}");
    // Not one message for each edit: a burst is looked at once it is over.
    let published = client.heard().iter().filter(|message| message["method"] == "textDocument/publishDiagnostics").count();
    assert!(published < 500, "diagnostics were pushed {published} times");
    leave(client);
}

#[test]
fn a_request_sees_the_edits_before_it() {
    let (mut client, uri) = open("order");
    for version in 2..200 {
        client.edit(&uri, version, json!([{ "text": format!("let a = {version}\n") }]));
        let id = client.request("cloudc/test/text", json!({ "textDocument": { "uri": uri } }));
        let answer = client.answer(id).expect("nothing is edited meanwhile");
        assert_eq!(answer["text"], format!("let a = {version}\n"));
    }
    leave(client);
}

#[test]
fn an_edit_cancels_a_slow_request() {
    let (mut client, uri) = open("slow");
    let start = Instant::now();
    let slow: Vec<i64> = (0..10).map(|_| client.request("cloudc/test/slow", json!({ "milliseconds": 30_000 }))).collect();
    std::thread::sleep(Duration::from_millis(100));
    client.edit(&uri, 2, insert(0, 0, "// x\n"));
    for id in slow {
        assert_eq!(code(client.answer(id)), CONTENT_MODIFIED);
    }
    assert_eq!(text(&mut client, &uri), (format!("// x\n{PROGRAM}"), 2));
    assert!(start.elapsed() < Duration::from_secs(20), "the edit waited for the requests");
    leave(client);
}

#[test]
fn the_client_cancels_a_request() {
    let (mut client, uri) = open("cancel");
    let start = Instant::now();
    let slow: Vec<i64> = (0..20).map(|_| client.request("cloudc/test/slow", json!({ "milliseconds": 30_000 }))).collect();
    for id in &slow {
        client.tell("$/cancelRequest", json!({ "id": id }));
    }
    for id in slow {
        assert_eq!(code(client.answer(id)), CANCELLED);
    }
    // The threads that worked on them are free again.
    assert_eq!(text(&mut client, &uri).1, 1);
    assert!(start.elapsed() < Duration::from_secs(20), "cancelled requests went on");
    client.tell("$/cancelRequest", json!({ "id": 4711 }));
    client.tell("$/cancelRequest", json!({ "id": "nobody" }));
    leave(client);
}

#[test]
fn many_slow_requests_keep_nobody_waiting() {
    let (mut client, uri) = open("many");
    for _ in 0..200 {
        client.request("workspace/executeCommand", json!({ "command": "cloudc.check", "arguments": [] }));
    }
    client.edit(&uri, 2, insert(0, 0, "// x\n"));
    assert_eq!(text(&mut client, &uri).1, 2);
    leave(client);
}

#[test]
fn a_client_that_never_answers_wedges_nothing() {
    let folder = folder("impolite");
    let mut client = Client::start();
    client.polite = false;
    client.initialize(&folder, client::capable());
    let uri = uri(&folder, "/main.cloud");
    client.open_text(&uri, 1, PROGRAM);
    for version in 2..100 {
        client.tell("workspace/didChangeConfiguration", json!({ "settings": {} }));
        client.edit(&uri, version, insert(0, 0, "\n"));
        assert_eq!(text(&mut client, &uri).1, i64::from(version));
    }
    let asked = client.heard().iter().filter(|message| message["method"] == "workspace/configuration").count();
    assert!(asked > 90, "the configuration was asked for {asked} times");
    leave(client);
}

#[test]
fn strange_answers_are_survived() {
    let (mut client, uri) = open("answers");
    for answer in [
        json!({ "jsonrpc": "2.0", "id": 4711, "result": null }),
        json!({ "jsonrpc": "2.0", "id": "x", "result": {} }),
        json!({ "jsonrpc": "2.0", "id": 0, "result": "nonsense" }),
        json!({ "jsonrpc": "2.0", "id": 0, "result": "again" }),
        json!({ "jsonrpc": "2.0", "id": 1, "error": { "code": -1, "message": "no" } }),
    ] {
        let body = answer.to_string();
        client.raw(format!("Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes());
    }
    assert_eq!(text(&mut client, &uri).1, 1);
    leave(client);
}

#[test]
fn a_panic_costs_one_answer() {
    let (mut client, uri) = open("panic");
    for _ in 0..20 {
        let id = client.request("cloudc/test/panic", json!({}));
        assert_eq!(code(client.answer(id)), INTERNAL);
        client.notification("window/logMessage", |params| params["type"] == 1);
    }
    assert_eq!(text(&mut client, &uri).1, 1);
    // The thread that owns everything is no exception.
    client.tell("cloudc/test/panicOwner", json!({}));
    client.notification("window/logMessage", |params| params["type"] == 1);
    client.edit(&uri, 2, insert(0, 0, "// x\n"));
    assert_eq!(text(&mut client, &uri), (format!("// x\n{PROGRAM}"), 2));
    leave(client);
}

#[test]
fn malformed_messages_are_told_and_skipped() {
    let (mut client, uri) = open("malformed");
    let frame = |body: &[u8]| [format!("Content-Length: {}\r\n\r\n", body.len()).as_bytes(), body].concat();
    for (bytes, wanted) in [
        (frame(b"{\"jsonrpc\":\"2.0\","), NO_JSON),
        (frame(b"\xff\xfe"), NO_JSON),
        (frame(b""), NO_JSON),
        (frame(b"7"), INVALID_REQUEST),
        (frame(b"{}"), INVALID_REQUEST),
        (frame(br#"{"jsonrpc":"2.0","method":7,"id":1}"#), INVALID_REQUEST),
        (frame(format!("{{\"a\":{}", "[".repeat(100_000)).as_bytes()), NO_JSON),
        (b"Content-Length: many\r\n\r\n".to_vec(), NO_JSON),
        (b"Content-Type: x\r\n\r\n".to_vec(), NO_JSON),
    ] {
        client.raw(&bytes);
        assert_eq!(client.complaint()["code"], wanted, "{}", String::from_utf8_lossy(&bytes[..bytes.len().min(60)]));
    }
    assert_eq!(text(&mut client, &uri).1, 1);
    leave(client);
}

#[test]
fn a_message_that_is_too_large_is_refused() {
    let (mut client, uri) = open("large");
    let length = (64 << 20) + 1;
    client.raw(format!("Content-Length: {length}\r\n\r\n").as_bytes());
    for _ in 0..64 {
        client.raw(&vec![b' '; 1 << 20]);
    }
    client.raw(b" ");
    assert_eq!(client.complaint()["code"], INVALID_REQUEST);
    assert_eq!(text(&mut client, &uri).1, 1);
    leave(client);
}

#[test]
fn what_is_not_known_is_refused() {
    let (mut client, uri) = open("unknown");
    assert_eq!(code(client.ask("textDocument/nonsense", json!({}))), UNKNOWN_METHOD);
    assert_eq!(code(client.ask("textDocument/hover", json!({ "textDocument": 7 }))), INVALID_PARAMS);
    assert_eq!(code(client.ask("textDocument/foldingRange", Value::Null)), INVALID_PARAMS);
    assert_eq!(code(client.ask("workspace/executeCommand", json!({ "command": "rm", "arguments": [] }))), INVALID_PARAMS);
    assert_eq!(code(client.ask("initialize", json!({ "capabilities": {} }))), INVALID_REQUEST);
    client.tell("$/setTrace", json!({ "value": "off" }));
    client.tell("textDocument/nonsense", json!({}));
    client.tell("textDocument/didChange", json!({ "nonsense": true }));
    assert_eq!(text(&mut client, &uri).1, 1);
    leave(client);
}

#[test]
fn nothing_is_answered_before_the_hands_are_shaken() {
    let mut client = Client::start();
    let params = json!({ "textDocument": { "uri": "file:///x.cloud" } });
    assert_eq!(code(client.ask("textDocument/foldingRange", params.clone())), NOT_INITIALIZED);
    client.open_text("file:///x.cloud", 1, "");
    client.initialize(&folder("early"), json!({}));
    assert_eq!(code(client.ask("textDocument/foldingRange", params.clone())), INVALID_PARAMS);
    assert_eq!(client.ask("shutdown", Value::Null), Ok(Value::Null));
    assert_eq!(code(client.ask("textDocument/foldingRange", params)), INVALID_REQUEST);
    client.tell("exit", Value::Null);
    assert_eq!(client.ended(), Some(0));
}

#[test]
fn edits_out_of_range_are_clamped() {
    let (mut client, uri) = open("range");
    let far = |line: u64, character: u64| json!({ "line": line, "character": character });
    client.edit(&uri, 2, json!([{ "range": { "start": far(900, 0), "end": far(4_000_000_000, 7) }, "text": "// end\n" }]));
    assert_eq!(text(&mut client, &uri).0, format!("{PROGRAM}// end\n"));
    client.edit(
        &uri,
        3,
        json!([{ "range": { "start": far(0, 4_000_000_000), "end": far(0, 4_000_000_000) }, "text": " // é𝒳" }]),
    );
    assert!(text(&mut client, &uri).0.starts_with("stack shop { region: \"eu-west-1\" } // é𝒳\n"));
    // Turned round, and inside a character.
    client.edit(&uri, 4, json!([{ "range": { "start": far(0, 39), "end": far(0, 0) }, "text": "" }]));
    assert!(text(&mut client, &uri).0.starts_with("é𝒳\n"), "{}", text(&mut client, &uri).0);
    client.edit(&uri, 5, json!([{ "range": { "start": far(0, 1), "end": far(0, 4) }, "text": "" }]));
    assert!(text(&mut client, &uri).0.starts_with("𝒳\n"), "{}", text(&mut client, &uri).0);
    leave(client);
}

#[test]
fn a_closed_document_is_what_is_on_the_disk() {
    let folder = folder("closed");
    std::fs::write(folder.join("main.cloud"), PROGRAM).expect("the file can be written");
    let mut client = Client::open(&folder);
    let file = uri(&folder, "/main.cloud");
    client.open_text(&file, 7, "pub let unsaved = nothing\n");
    assert_eq!(client.diagnostics(&file, 7).as_array().map(Vec::len), Some(1));
    client.tell("textDocument/didClose", json!({ "textDocument": { "uri": file } }));
    let taken_back = client.notification("textDocument/publishDiagnostics", |params| params["uri"] == file.as_str());
    assert_eq!(taken_back["diagnostics"], json!([]));
    assert_eq!(text(&mut client, &file), (PROGRAM.to_owned(), -1));
    // An edit of what is closed does nothing; what is not there is refused.
    client.edit(&file, 8, insert(0, 0, "x"));
    assert_eq!(text(&mut client, &file).0, PROGRAM);
    client.tell("textDocument/didClose", json!({ "textDocument": { "uri": file } }));
    let gone = json!({ "textDocument": { "uri": uri(&folder, "/gone.cloud") } });
    assert_eq!(code(client.ask("textDocument/foldingRange", gone)), INVALID_PARAMS);
    leave(client);
}

#[test]
fn changes_on_the_disk_are_seen_and_open_texts_win() {
    let folder = folder("disk");
    let net = folder.join("net.cloud");
    std::fs::write(&net, "pub let cidr = \"10.0.0.0/16\"\n").expect("the file can be written");
    let mut client = Client::open(&folder);
    let (main, imported) = (uri(&folder, "/main.cloud"), uri(&folder, "/net.cloud"));
    client.open_text(&main, 1, "import \"./net.cloud\" { cidr }\nstack s {}\noutput o = cidr\n");
    assert_eq!(client.diagnostics(&main, 1), json!([]));
    let changed = |kind: u32| json!({ "changes": [{ "uri": imported, "type": kind }] });
    let errors = |client: &mut Client, wanted: usize| {
        client.notification("textDocument/publishDiagnostics", |params| {
            params["uri"] == main.as_str() && params["diagnostics"].as_array().is_some_and(|list| list.len() == wanted)
        });
    };
    std::fs::write(&net, "pub let other = 1\n").expect("the file can be written");
    client.tell("workspace/didChangeWatchedFiles", changed(2));
    errors(&mut client, 1);
    client.open_text(&imported, 1, "pub let cidr = \"10.1.0.0/16\"\n");
    errors(&mut client, 0);
    // While it is open, what happens to the file is nobody's business.
    std::fs::remove_file(&net).expect("it is there");
    client.tell("workspace/didChangeWatchedFiles", changed(3));
    assert_eq!(text(&mut client, &imported).0, "pub let cidr = \"10.1.0.0/16\"\n");
    client.tell("textDocument/didClose", json!({ "textDocument": { "uri": imported } }));
    errors(&mut client, 1);
    std::fs::write(&net, "pub let cidr = \"10.2.0.0/16\"\n").expect("the file can be written");
    client.tell("workspace/didChangeWatchedFiles", changed(1));
    errors(&mut client, 0);
    leave(client);
}

#[test]
fn nothing_outside_the_project_is_read() {
    let outer = folder("outside");
    std::fs::write(outer.join("secret.cloud"), "pub let secret = 1\n").expect("the file can be written");
    let inner = outer.join("project");
    std::fs::create_dir_all(&inner).expect("the folder can be made");
    std::fs::write(inner.join("project.cloud"), "project test {}\n").expect("the file can be written");
    let mut client = Client::open(&inner);
    let main = uri(&inner, "/main.cloud");
    client.open_text(&main, 1, "import \"../secret.cloud\" { secret }\nstack s {}\noutput o = secret\n");
    let found = client.diagnostics(&main, 1);
    assert_eq!(found.as_array().map(Vec::len), Some(1), "{found:#}");
    let params = json!({ "textDocument": { "uri": uri(&outer, "/secret.cloud") } });
    assert_eq!(code(client.ask("cloudc/test/text", params)), INVALID_PARAMS);
    for uri in ["file:///etc/passwd", "cloud-std:/std/../../etc/passwd", "untitled:etc/passwd", "http://x/y"] {
        let params = json!({ "textDocument": { "uri": uri } });
        assert_eq!(code(client.ask("cloudc/test/text", params)), INVALID_PARAMS, "{uri}");
    }
    leave(client);
}

#[test]
fn a_text_that_was_never_saved_is_a_program_too() {
    let mut client = Client::open(&folder("untitled"));
    client.open_text("untitled:Untitled-1", 1, "let a = b\n");
    assert_eq!(client.diagnostics("untitled:Untitled-1", 1).as_array().map(Vec::len), Some(1));
    leave(client);
}

#[test]
fn exit_without_shutdown_is_a_failure() {
    let (mut client, _) = open("exit");
    client.request("cloudc/test/slow", json!({ "milliseconds": 30_000 }));
    client.tell("exit", Value::Null);
    assert_eq!(client.ended(), Some(1));
}

#[test]
fn a_client_that_hangs_up_ends_the_server() {
    let (mut client, _) = open("hangup");
    client.request("cloudc/test/slow", json!({ "milliseconds": 30_000 }));
    client.hang_up();
    assert_eq!(client.ended(), Some(1));
    let mut early = Client::start();
    early.hang_up();
    assert_eq!(early.ended(), Some(1));
    let mut half = Client::start();
    half.raw(b"Content-Length: 50\r\n\r\n{");
    half.hang_up();
    assert_eq!(half.ended(), Some(1));
}

#[cfg(unix)]
#[test]
fn the_server_does_not_outlive_its_editor() {
    let mut editor = std::process::Command::new("sleep").arg("600").spawn().expect("sleep is there");
    let mut client = Client::start();
    let params = json!({ "processId": editor.id(), "rootUri": null, "capabilities": {} });
    client.ask("initialize", params).expect("initialize is answered");
    editor.kill().expect("it runs");
    editor.wait().expect("it ends");
    assert_eq!(client.ended(), Some(1));
}

#[test]
fn a_client_that_pulls_diagnostics_is_pushed_none() {
    let folder = folder("pull");
    let mut client = Client::start();
    let mut capabilities = client::capable();
    capabilities["textDocument"]["diagnostic"] = json!({ "dynamicRegistration": false });
    let said = client.initialize(&folder, capabilities);
    assert_eq!(said["capabilities"]["diagnosticProvider"]["workspaceDiagnostics"], true);
    let uri = uri(&folder, "/main.cloud");
    client.open_text(&uri, 1, "pub let a = b\n");
    let document = json!({ "textDocument": { "uri": uri } });
    let found = client.ask("textDocument/diagnostic", document.clone()).expect("it is open");
    assert_eq!(found["items"].as_array().map(Vec::len), Some(1), "{found:#}");
    // All threads are taken; the edit comes before the answer.
    for _ in 0..8 {
        client.request("cloudc/test/slow", json!({ "milliseconds": 30_000 }));
    }
    let id = client.request("textDocument/diagnostic", document);
    client.edit(&uri, 2, json!([{ "text": "" }]));
    let error = client.answer(id).expect_err("the document was edited");
    assert_eq!((&error["code"], &error["data"]), (&json!(-32802), &json!({ "retriggerRequest": true })));
    assert!(client.heard().iter().all(|message| message["method"] != "textDocument/publishDiagnostics"));
    leave(client);
}

#[test]
fn a_sloppy_client_is_served() {
    let mut client = Client::start();
    let odd = json!({ "textDocument": { "completion": 7, "hover": { "contentFormat": ["plaintext"] } }, "window": [] });
    let said = client.initialize(&folder("sloppy"), odd);
    assert_eq!(said["capabilities"]["hoverProvider"], true);
    leave(client);
}

#[test]
fn the_first_look_shows_its_progress() {
    let folder = folder("progress");
    std::fs::write(folder.join("main.cloud"), PROGRAM).expect("the file can be written");
    let mut client = Client::open(&folder);
    client.settled();
    for kind in ["begin", "end"] {
        client.notification("$/progress", |params| params["value"]["kind"] == kind && params["token"] == "cloudc/scan");
    }
    leave(client);
}

#[test]
fn columns_count_what_was_agreed_on() {
    for (offered, agreed, column) in
        [(json!(["utf-8", "utf-16"]), "utf-8", 15), (json!(["utf-32"]), "utf-16", 13), (Value::Null, "utf-16", 13)]
    {
        let folder = folder("encoding");
        let mut client = Client::start();
        let said = client.initialize(&folder, json!({ "general": { "positionEncodings": offered } }));
        assert_eq!(said["capabilities"]["positionEncoding"], agreed);
        let uri = uri(&folder, "/main.cloud");
        client.open_text(&uri, 1, "/* 𝒳 */ let a = b\n");
        let params = json!({ "textDocument": { "uri": uri }, "position": { "line": 0, "character": column } });
        let found = client.ask("textDocument/hover", params).expect("the document is open");
        let start = &found["range"]["start"]["character"];
        assert_eq!(start, &json!(column), "{found:#}");
        leave(client);
    }
}

#[test]
fn a_file_that_a_program_reads_is_looked_at_when_something_is_saved() {
    let folder = folder("saved");
    let mut client = Client::open(&folder);
    let main = uri(&folder, "/main.cloud");
    client.open_text(&main, 1, "stack s {}\noutput o = file(\"./data.odd\")\n");
    assert_eq!(client.diagnostics(&main, 1).as_array().map(Vec::len), Some(1));
    std::fs::write(folder.join("data.odd"), "x").expect("the file can be written");
    client.tell("textDocument/didSave", json!({ "textDocument": { "uri": main } }));
    let found = client.notification("textDocument/publishDiagnostics", |params| params["uri"] == main.as_str());
    assert_eq!(found["diagnostics"], json!([]));
    leave(client);
}

#[test]
fn one_client_is_served_on_a_port() {
    use std::io::{BufRead as _, BufReader, Write as _};
    let mut server = std::process::Command::new(client::program())
        .args(["lsp", "--socket", "0"])
        .stderr(std::process::Stdio::piped())
        .spawn()
        .expect("the program is there");
    let mut said = String::new();
    let stderr = server.stderr.take().expect("it is piped");
    BufReader::new(stderr).read_line(&mut said).expect("it says where it listens");
    let address = said.trim().rsplit(' ').next().expect("an address").to_owned();
    let mut stream = std::net::TcpStream::connect(address).expect("it listens");
    let mut answers = BufReader::new(stream.try_clone().expect("it can be cloned"));
    for message in [
        json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": { "capabilities": {} } }),
        json!({ "jsonrpc": "2.0", "id": 2, "method": "shutdown" }),
    ] {
        let body = message.to_string();
        write!(stream, "Content-Length: {}\r\n\r\n{body}", body.len()).expect("it reads");
        let answer = client::read(&mut answers).expect("it answers");
        assert_eq!(answer["id"], message["id"]);
        assert!(answer.get("error").is_none(), "{answer}");
    }
    let exit = json!({ "jsonrpc": "2.0", "method": "exit" }).to_string();
    write!(stream, "Content-Length: {}\r\n\r\n{exit}", exit.len()).expect("it reads");
    assert_eq!(server.wait().expect("it ends").code(), Some(0));
}

#[test]
fn folders_come_and_go() {
    let (first, second) = (folder("first"), folder("second"));
    for (folder, name) in [(&first, "one"), (&second, "two")] {
        std::fs::write(folder.join("main.cloud"), format!("pub let {name} = 1\n")).expect("the file can be written");
    }
    let mut client = Client::open(&first);
    client.settled();
    let count = |client: &mut Client, name: &str| {
        let found = client.ask("workspace/symbol", json!({ "query": name })).expect("symbols are found");
        found.as_array().map_or(0, |list| list.iter().filter(|symbol| symbol["name"] == name).count())
    };
    assert_eq!((count(&mut client, "one"), count(&mut client, "two")), (1, 0));
    let named = |folder: &Path| json!([{ "uri": uri(folder, ""), "name": "x" }]);
    let event = json!({ "event": { "added": named(&second), "removed": [] } });
    client.tell("workspace/didChangeWorkspaceFolders", event);
    client.settled();
    assert_eq!((count(&mut client, "one"), count(&mut client, "two")), (1, 1));
    let event = json!({ "event": { "added": [], "removed": named(&first) } });
    client.tell("workspace/didChangeWorkspaceFolders", event);
    assert_eq!((count(&mut client, "one"), count(&mut client, "two")), (0, 1));
    leave(client);
}

#[test]
fn settings_are_heard() {
    let folder = folder("settings");
    let mut client = Client::open(&folder);
    let main = uri(&folder, "/main.cloud");
    client.open_text(&main, 1, "stack s {}\nfn f(unused: Int): Int = 1\noutput o = f(1)\n");
    let hints = |client: &mut Client, wanted: usize| {
        client.notification("textDocument/publishDiagnostics", |params| {
            params["uri"] == main.as_str() && params["diagnostics"].as_array().is_some_and(|list| list.len() == wanted)
        });
    };
    hints(&mut client, 1);
    client.configuration = json!({ "diagnostics": { "unused": false } });
    client.tell("workspace/didChangeConfiguration", json!({ "settings": null }));
    hints(&mut client, 0);
    client.configuration = json!({});
    client.tell("workspace/didChangeConfiguration", json!({ "settings": null }));
    hints(&mut client, 1);
    leave(client);
}

#[test]
fn templates_are_helped_with_when_asked() {
    let folder = folder("templates");
    let mut client = Client::open(&folder);
    let uri = uri(&folder, "/network.yaml");
    let template = "Resources:\n  Queue:\n    Type: AWS::SQS::Queue\n    Properties:\n      DelaySecond: 5\n      \n";
    let document = json!({ "uri": uri, "languageId": "yaml", "version": 1, "text": template });
    client.tell("textDocument/didOpen", json!({ "textDocument": document }));
    let at = json!({ "textDocument": { "uri": uri }, "position": { "line": 5, "character": 6 } });
    assert_eq!(client.diagnostics(&uri, 1), json!([]));

    client.configuration = json!({ "checkCloudFormation": true });
    client.tell("workspace/didChangeConfiguration", json!({ "settings": null }));
    // The server asks for the settings, and goes on meanwhile: what is edited before it has the answer is told as before.
    let told = (2..200).find_map(|version| {
        let _ = client.ask("textDocument/hover", at.clone());
        client.edit(&uri, version, json!([{ "text": template }]));
        let found = client.diagnostics(&uri, version);
        (found != json!([])).then_some(found)
    });
    let found = told.expect("what is wrong, once it is asked for");
    assert_eq!(found[0]["code"], "C0401", "{found:#}");
    assert_eq!(found[0]["range"]["start"], json!({ "line": 4, "character": 6 }));
    assert_eq!(found.as_array().map(Vec::len), Some(1), "{found:#}");
    let offered = client.ask("textDocument/completion", at.clone()).expect("an answer");
    let labels: Vec<&str> = offered["items"].as_array().into_iter().flatten().filter_map(|item| item["label"].as_str()).collect();
    assert!(labels.contains(&"DelaySeconds") && labels.contains(&"FifoQueue"), "{labels:?}");
    let type_name = json!({ "textDocument": { "uri": uri }, "position": { "line": 2, "character": 14 } });
    let shown = client.ask("textDocument/hover", type_name).expect("an answer");
    assert!(shown["contents"]["value"].as_str().is_some_and(|text| text.contains("AWS::SQS::Queue")), "{shown:#}");
    // What programs have, templates do not.
    let tokens = client.ask("textDocument/semanticTokens/full", json!({ "textDocument": { "uri": uri } })).expect("an answer");
    assert_eq!(tokens["data"], json!([]), "{tokens:#}");
    leave(client);
}

//! A client of the language server, over real standard input and output.
//!
//! In: messages, also broken ones. Out: what the server says. Always: nothing waits longer than [`PATIENCE`]; the server is killed when the
//! client is dropped.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::sources;

/// How long an answer may take before a test fails. Machines that run many tests at once are slow.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// One conversation with a server of its own.
pub struct Client {
    server: Child,
    input: Option<ChildStdin>,
    messages: Receiver<Value>,
    last: i64,
    /// What came while something else was waited for.
    heard: Vec<Value>,
    /// Whether requests of the server are answered.
    pub polite: bool,
    /// What the server is told when it asks for the section `cloudc`.
    pub configuration: Value,
    /// How long an answer may take.
    pub patience: Duration,
}

/// `CLOUDC_BINARY`, else the debug build, made when this is first asked and it is not up to date.
pub fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    static BUILD: Mutex<()> = Mutex::new(());
    PROGRAM.get_or_init(|| {
        if let Some(given) = std::env::var_os("CLOUDC_BINARY") {
            return given.into();
        }
        let _one = BUILD.lock().unwrap_or_else(PoisonError::into_inner);
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        // With the features that testing the workspace uses, so that nothing is built twice.
        let build = ["test", "--quiet", "--workspace", "--test", "command_line", "--no-run"];
        let mut command = Command::new(cargo);
        command.args(build).current_dir(sources::root());
        // What cargo tells tests of their own package would be news to some build scripts, and half of it built again.
        for (name, _) in std::env::vars_os() {
            let own = name.to_str().is_some_and(|name| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_"));
            if own {
                command.env_remove(name);
            }
        }
        let status = command.status();
        assert!(status.is_ok_and(|status| status.success()), "cloudc cannot be built");
        let built = sources::target().join("debug").join(format!("cloudc{}", std::env::consts::EXE_SUFFIX));
        std::path::absolute(&built).unwrap_or(built)
    })
}

/// What an editor that can do everything says of itself.
pub fn capable() -> Value {
    json!({
        "general": { "positionEncodings": ["utf-8", "utf-16"] },
        "window": { "workDoneProgress": true },
        "workspace": {
            "configuration": true,
            "workspaceFolders": true,
            "workspaceEdit": { "documentChanges": true, "resourceOperations": ["create"], "changeAnnotationSupport": {} },
            "didChangeWatchedFiles": { "dynamicRegistration": true },
            "didChangeConfiguration": { "dynamicRegistration": true }
        },
        "textDocument": {
            "publishDiagnostics": {
                "relatedInformation": true, "codeDescriptionSupport": true, "dataSupport": true, "tagSupport": { "valueSet": [1, 2] }
            },
            "completion": { "completionItem": {
                "snippetSupport": true, "insertReplaceSupport": true, "labelDetailsSupport": true, "commitCharactersSupport": true
            } },
            "hover": { "contentFormat": ["markdown"] },
            "definition": { "linkSupport": true },
            "documentSymbol": { "hierarchicalDocumentSymbolSupport": true },
            "codeAction": {
                "codeActionLiteralSupport": { "codeActionKind": { "valueSet": [""] } },
                "resolveSupport": { "properties": ["edit"] }, "dataSupport": true
            },
            "semanticTokens": { "requests": {}, "tokenTypes": [], "tokenModifiers": [], "formats": ["relative"] }
        }
    })
}

impl Client {
    /// Starts a server without speaking to it.
    pub fn start() -> Self {
        Client::start_with(&[])
    }

    /// Starts a server with further arguments.
    pub fn start_with(arguments: &[&str]) -> Self {
        let mut command = Command::new(program());
        command.args(["--embedded-schemas", "lsp"]).args(arguments).env("CLOUDC_LSP_TEST", "1").env("RUST_BACKTRACE", "0");
        Client::over(command)
    }

    /// Starts any server.
    pub fn over(mut command: Command) -> Self {
        let spawned = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
        let mut server = spawned.unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let (sender, messages) = channel();
        let output = server.stdout.take().expect("it is piped");
        std::thread::spawn(move || {
            let mut output = BufReader::new(output);
            while let Some(message) = read(&mut output) {
                if sender.send(message).is_err() {
                    return;
                }
            }
        });
        let input = server.stdin.take();
        let (configuration, patience) = (json!({}), PATIENCE);
        Client { server, input, messages, last: 0, heard: Vec::new(), polite: true, configuration, patience }
    }

    /// The id of the server's process.
    pub fn process(&self) -> u32 {
        self.server.id()
    }

    /// Forgets what came and was not waited for.
    pub fn forget(&mut self) {
        self.heard();
        self.heard.clear();
    }

    /// Starts a server in a workspace, with a client that can do everything.
    pub fn open(folder: &Path) -> Self {
        let mut client = Client::start();
        client.initialize(folder, capable());
        client
    }

    /// Shakes hands; gives what the server says of itself.
    pub fn initialize(&mut self, folder: &Path, capabilities: Value) -> Value {
        let folders = json!([{ "uri": uri(folder, ""), "name": "test" }]);
        let params = json!({ "processId": std::process::id(), "rootUri": null, "workspaceFolders": folders, "capabilities": capabilities });
        let answer = self.ask("initialize", params).expect("initialize is answered");
        self.tell("initialized", json!({}));
        answer
    }

    /// Waits until the first look at the workspace is over.
    pub fn settled(&mut self) {
        self.notification("cloud/status", |params| params["state"] == "ready");
    }

    /// Opens a document.
    pub fn open_text(&mut self, uri: &str, version: i32, text: &str) {
        let document = json!({ "uri": uri, "languageId": "cloud", "version": version, "text": text });
        self.tell("textDocument/didOpen", json!({ "textDocument": document }));
    }

    /// Edits a document.
    pub fn edit(&mut self, uri: &str, version: i32, changes: Value) {
        let document = json!({ "uri": uri, "version": version });
        self.tell("textDocument/didChange", json!({ "textDocument": document, "contentChanges": changes }));
    }

    /// Sends a notification.
    pub fn tell(&mut self, method: &str, params: Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    /// Sends a request; gives its id.
    pub fn request(&mut self, method: &str, params: Value) -> i64 {
        self.last += 1;
        self.send(&json!({ "jsonrpc": "2.0", "id": self.last, "method": method, "params": params }));
        self.last
    }

    /// Sends a request and waits for its answer: the result, or the error.
    pub fn ask(&mut self, method: &str, params: Value) -> Result<Value, Value> {
        let id = self.request(method, params);
        self.answer(id)
    }

    /// Waits for the answer of a request.
    pub fn answer(&mut self, id: i64) -> Result<Value, Value> {
        let mut message =
            self.wait(&format!("the answer of {id}"), |message| message["id"] == id && message.get("method").is_none());
        match message.get_mut("error") {
            Some(error) => Err(error.take()),
            None => Ok(message["result"].take()),
        }
    }

    /// Waits for an error that answers no request in particular.
    pub fn complaint(&mut self) -> Value {
        self.wait("a complaint", |message| message["id"].is_null() && message.get("error").is_some())["error"].take()
    }

    /// Waits for a notification of which something holds.
    pub fn notification(&mut self, method: &str, holds: impl Fn(&Value) -> bool) -> Value {
        self.wait(method, |message| message["method"] == method && holds(&message["params"]))["params"].take()
    }

    /// Waits for the diagnostics of a version of a document.
    pub fn diagnostics(&mut self, uri: &str, version: i32) -> Value {
        let about = |params: &Value| params["uri"] == uri && params["version"] == version;
        self.notification("textDocument/publishDiagnostics", about)["diagnostics"].take()
    }

    /// What came so far and was not waited for.
    pub fn heard(&mut self) -> &[Value] {
        while let Ok(message) = self.messages.try_recv() {
            self.take(message);
        }
        &self.heard
    }

    /// Sends bytes as they are.
    pub fn raw(&mut self, bytes: &[u8]) {
        if let Some(input) = &mut self.input {
            // A server that is gone is noticed when its answer is waited for.
            let _ = input.write_all(bytes).and_then(|()| input.flush());
        }
    }

    /// Ends the input.
    pub fn hang_up(&mut self) {
        self.input = None;
    }

    /// Waits for the end of the server; gives its exit code.
    pub fn ended(&mut self) -> Option<i32> {
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            if let Ok(Some(status)) = self.server.try_wait() {
                return status.code();
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        panic!("the server does not end");
    }

    fn send(&mut self, message: &Value) {
        let body = message.to_string();
        self.raw(format!("Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes());
    }

    #[track_caller]
    fn wait(&mut self, what: &str, holds: impl Fn(&Value) -> bool) -> Value {
        match self.try_wait(holds) {
            Ok(message) => message,
            Err(RecvTimeoutError::Timeout) => panic!("{what} does not come; so far: {:#?}", self.heard),
            Err(RecvTimeoutError::Disconnected) => panic!("the server ended before {what}; so far: {:#?}", self.heard),
        }
    }

    /// Waits for a message of which something holds.
    pub fn try_wait(&mut self, holds: impl Fn(&Value) -> bool) -> Result<Value, RecvTimeoutError> {
        if let Some(at) = self.heard.iter().position(&holds) {
            return Ok(self.heard.remove(at));
        }
        let start = Instant::now();
        loop {
            let message = self.messages.recv_timeout(self.patience.saturating_sub(start.elapsed()))?;
            if holds(&message) {
                return Ok(message);
            }
            self.take(message);
        }
    }

    fn take(&mut self, message: Value) {
        if self.polite && message.get("id").is_some() && message.get("method").is_some() {
            let result = match message["method"].as_str() {
                Some("workspace/configuration") => json!([self.configuration]),
                _ => Value::Null,
            };
            self.send(&json!({ "jsonrpc": "2.0", "id": message["id"], "result": result }));
        }
        self.heard.push(message);
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// The URI of a file in a folder.
pub fn uri(folder: &Path, path: &str) -> String {
    format!("file://{}{path}", folder.display())
}

/// An empty folder for a test, its links resolved.
pub fn folder(name: &str) -> PathBuf {
    let folder = sources::target().join("tmp").join("server").join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("the folder can be made");
    let folder = folder.canonicalize().expect("it is there");
    // Where the project ends, so that the repository's own folder is none.
    std::fs::write(folder.join("project.cloud"), "project test {}\n").expect("the file can be written");
    folder
}

/// Reads one message.
pub fn read(output: &mut impl BufRead) -> Option<Value> {
    let mut length = None;
    loop {
        let mut line = String::new();
        if output.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.trim().split_once(':') {
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => length = value.trim().parse::<usize>().ok(),
            Some(_) => {}
            None => break,
        }
    }
    let mut body = vec![0; length?];
    output.read_exact(&mut body).ok()?;
    serde_json::from_slice(&body).ok()
}

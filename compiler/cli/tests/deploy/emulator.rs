//! An emulator of AWS for the tests of this program: started once, ended with the process.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// The account that the emulator is.
pub const ACCOUNT: &str = "123456789012";

/// A running emulator. Its standard input is kept open: it ends when that ends.
pub struct Emulator {
    /// Where it listens.
    pub port: u16,
    _process: Child,
}

impl Emulator {
    /// Its address.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

/// The emulator of this process.
pub fn emulator() -> &'static Emulator {
    static EMULATOR: OnceLock<Emulator> = OnceLock::new();
    EMULATOR.get_or_init(start)
}

fn start() -> Emulator {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("aws-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder for the emulator");
    let types = folder.join("types.txt");
    let names = cloudc_schema::Schema::embedded().names();
    std::fs::write(&types, names.join("\n")).expect("the list of types");
    let port = free_port();
    let log = std::fs::File::create(folder.join("log")).expect("a log");
    let process = Command::new(python())
        .arg(oracle("aws.py"))
        .arg(&types)
        .env("BIND_HOST", "127.0.0.1")
        .env("GATEWAY_PORT", port.to_string())
        .env("MINISTACK_ACCOUNT_ID", ACCOUNT)
        .env("TMPDIR", &folder)
        .stdin(Stdio::piped())
        .stdout(log.try_clone().expect("a log"))
        .stderr(log)
        .spawn()
        .expect("python starts");
    let emulator = Emulator { port, _process: process };
    let begun = Instant::now();
    while !healthy(port) {
        let log = std::fs::read_to_string(folder.join("log")).unwrap_or_default();
        assert!(begun.elapsed() < Duration::from_secs(90), "the emulator does not start:\n{log}");
        std::thread::sleep(Duration::from_millis(50));
    }
    emulator
}

fn healthy(port: u16) -> bool {
    http(port, "GET", "/_ministack/health", "").is_some_and(|answer| answer.contains(" 200"))
}

/// Asks a server of this machine; gives the whole answer.
pub fn http(port: u16, method: &str, path: &str, body: &str) -> Option<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    let length = body.len();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(format!("{head}{body}").as_bytes()).ok()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).ok()?;
    Some(String::from_utf8_lossy(&answer).into_owned())
}

/// A port that nobody listens on.
pub fn free_port() -> u16 {
    TcpListener::bind(("127.0.0.1", 0)).and_then(|listener| listener.local_addr()).expect("a free port").port()
}

/// The Python that has the emulator: `CLOUDC_ORACLES`, else `target/oracles`, made by `cargo xtask test`.
pub fn python() -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("the target folder");
    let folder = std::env::var_os("CLOUDC_ORACLES").map_or_else(|| target.join("oracles"), PathBuf::from);
    let python = folder.join("bin").join("python");
    assert!(python.is_file(), "there is no `{}`: run `cargo xtask test`, which makes it", python.display());
    python
}

/// A script of `tests/oracles`.
pub fn oracle(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/oracles").join(name)
}

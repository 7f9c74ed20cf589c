//! A listener between `cloudc` and the emulator: what was asked goes through unchanged, and is kept.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use crate::emulator::emulator;

/// A listener. It ends with the process.
pub struct Recorder {
    /// Where it listens.
    pub port: u16,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Recorder {
    /// In front of the emulator.
    pub fn start() -> Recorder {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let kept = asked.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let kept = kept.clone();
                std::thread::spawn(move || forward(stream, &kept));
            }
        });
        Recorder { port, asked }
    }

    /// Bodies of all requests, in the order in which they came.
    pub fn all(&self) -> Vec<String> {
        self.asked.lock().expect("nobody panicked").clone()
    }

    /// Bodies of the requests for an operation, in the order in which they came.
    pub fn bodies(&self, operation: &str) -> Vec<String> {
        let action = format!("Action={operation}&");
        self.all().into_iter().filter(|body| body.starts_with(&action) || body.contains(&format!("&{action}"))).collect()
    }
}

/// One request, one answer, and the connection is closed.
fn forward(mut client: TcpStream, kept: &Mutex<Vec<String>>) -> Option<()> {
    let mut request = Vec::new();
    let mut buffer = [0; 16_384];
    let (head, length) = loop {
        let count = client.read(&mut buffer).ok().filter(|count| *count > 0)?;
        request.extend_from_slice(&buffer[..count]);
        if let Some(end) = request.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&request[..end]).into_owned();
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
            });
            break (end + 4, length.unwrap_or(0));
        }
    };
    while request.len() < head + length {
        let count = client.read(&mut buffer).ok().filter(|count| *count > 0)?;
        request.extend_from_slice(&buffer[..count]);
    }
    kept.lock().ok()?.push(String::from_utf8_lossy(&request[head..]).into_owned());
    let mut server = TcpStream::connect(("127.0.0.1", emulator().port)).ok()?;
    // Before the empty line.
    server.write_all(&request[..head - 2]).ok()?;
    server.write_all(b"Connection: close\r\n\r\n").ok()?;
    server.write_all(&request[head..]).ok()?;
    let mut answer = Vec::new();
    server.read_to_end(&mut answer).ok()?;
    client.write_all(&answer).ok()
}

//! A client of a language server in this process: for many conversations in a short time.

use std::io::{BufReader, PipeReader, PipeWriter, Write};

use cloudc_server::Host;
use serde_json::{Value, json};

use crate::client::read;

/// One conversation.
pub struct Pipe {
    input: PipeWriter,
    output: BufReader<PipeReader>,
    last: i64,
}

impl Pipe {
    /// Starts a server.
    pub fn start(host: Host) -> Self {
        let (from_client, input) = std::io::pipe().expect("the system gives pipes");
        let (output, to_client) = std::io::pipe().expect("the system gives pipes");
        std::thread::spawn(move || cloudc_server::serve(from_client, to_client, host));
        Pipe { input, output: BufReader::new(output), last: 0 }
    }

    /// Sends a notification.
    pub fn tell(&mut self, method: &str, params: Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    /// Sends a request and waits for its answer; everything else that comes is dropped.
    pub fn ask(&mut self, method: &str, params: Value) -> Result<Value, Value> {
        self.last += 1;
        self.send(&json!({ "jsonrpc": "2.0", "id": self.last, "method": method, "params": params }));
        loop {
            let mut message = read(&mut self.output).expect("the server goes on");
            if message["id"] == self.last && message.get("method").is_none() {
                return match message.get_mut("error") {
                    Some(error) => Err(error.take()),
                    None => Ok(message["result"].take()),
                };
            }
        }
    }

    fn send(&mut self, message: &Value) {
        let body = message.to_string();
        write!(self.input, "Content-Length: {}\r\n\r\n{body}", body.len()).expect("the server reads");
    }
}

//! Messages on a pair of byte streams.
//!
//! In: bytes from a client that may be anything. Out: one [`Arrival`] for each message, in order; what is no message is told as such and
//! the next one is looked for. Always: nothing larger than [`LARGEST`] is kept in memory, and a header line ends after [`HEADER`] bytes.

use std::io::{self, BufRead, Read, Write};

use serde::Deserialize;
use serde_json::Value;
use tower_lsp::jsonrpc::{Error, ErrorCode, Id, Request, Response};

/// The largest message that is read, in bytes: twice the largest file the compiler reads.
pub const LARGEST: usize = 64 << 20;
/// The longest header line, in bytes.
const HEADER: u64 = 8 << 10;

/// What came from the client.
#[derive(Debug)]
pub enum Arrival {
    /// A request or a notification.
    Request(Request),
    /// The answer to something the server asked.
    Response(Response),
    /// Something else; the error says what is wrong with it. The id is that of the message, null where it could not be read.
    Broken(Id, Error),
    /// Nothing will come any more.
    End,
}

/// Reads the next message.
pub fn read(input: &mut impl BufRead) -> Arrival {
    let length = match header(input) {
        Ok(Some(length)) => length,
        Ok(None) => return Arrival::End,
        Err(Header::Io) => return Arrival::End,
        Err(Header::Wrong(message)) => return broken(ErrorCode::ParseError, message),
    };
    if length > LARGEST {
        let skipped = io::copy(&mut input.take(length as u64), &mut io::sink());
        if skipped.is_ok_and(|count| count == length as u64) {
            return broken(
                ErrorCode::InvalidRequest,
                format!("a message of {length} bytes is too large: at most {LARGEST} are read"),
            );
        }
        return Arrival::End;
    }
    let mut body = Vec::new();
    // Grows with what really comes, not with what the header promises.
    match input.take(length as u64).read_to_end(&mut body) {
        Ok(count) if count == length => message(&body),
        _ => Arrival::End,
    }
}

/// Writes a message.
pub fn write(output: &mut impl Write, body: &[u8]) -> io::Result<()> {
    write!(output, "Content-Length: {}\r\n\r\n", body.len())?;
    output.write_all(body)?;
    output.flush()
}

enum Header {
    Io,
    Wrong(String),
}

/// The length of the next message's body; none at the end of the input.
fn header(input: &mut impl BufRead) -> Result<Option<usize>, Header> {
    let mut length = None;
    let mut started = false;
    loop {
        let mut line = Vec::new();
        let count = input.take(HEADER).read_until(b'\n', &mut line).map_err(|_| Header::Io)?;
        if count == 0 {
            return Ok(None);
        }
        let text = String::from_utf8_lossy(&line);
        let text = text.trim();
        if text.is_empty() {
            match length {
                Some(length) => return Ok(Some(length)),
                None if !started => continue,
                None => return Err(Header::Wrong("a message without `Content-Length`".to_owned())),
            }
        }
        started = true;
        // Anything may stand before the header after a broken message: only its end counts.
        let Some((name, value)) = text.split_once(':') else { continue };
        if name.trim().to_ascii_lowercase().ends_with("content-length") {
            let value = value.trim();
            let number = value.parse().map_err(|_| Header::Wrong(format!("`{value}` is not the length of a message")))?;
            length = Some(number);
        }
    }
}

/// A message as JSON-RPC has it; which members are there tells what it is.
#[derive(Deserialize)]
struct Raw {
    jsonrpc: Option<String>,
    #[serde(default, deserialize_with = "present")]
    id: Option<Id>,
    method: Option<String>,
    #[serde(default, deserialize_with = "present")]
    params: Option<Value>,
    result: Option<Value>,
    error: Option<Error>,
}

fn present<'de, T: Deserialize<'de>, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

fn message(body: &[u8]) -> Arrival {
    let raw: Raw = match serde_json::from_slice(body) {
        Ok(raw) => raw,
        Err(error) if error.is_data() => {
            return broken(ErrorCode::InvalidRequest, format!("this is no message of JSON-RPC: {error}"));
        }
        Err(error) => return broken(ErrorCode::ParseError, format!("this is not JSON: {error}")),
    };
    let id = raw.id.clone().unwrap_or(Id::Null);
    if raw.jsonrpc.as_deref() != Some("2.0") {
        return Arrival::Broken(id, error(ErrorCode::InvalidRequest, "`jsonrpc` has to be \"2.0\"".to_owned()));
    }
    match (raw.method, raw.id) {
        (Some(method), id) => {
            let without_params = matches!(method.as_str(), "shutdown" | "exit");
            let mut request = Request::build(method);
            // Some clients send empty parameters where the protocol has none.
            if let Some(params) = raw.params.filter(|params| !params.is_null() && !without_params) {
                request = request.params(params);
            }
            if let Some(id) = id {
                request = request.id(id);
            }
            Arrival::Request(request.finish())
        }
        (None, Some(id)) => {
            Arrival::Response(Response::from_parts(id, raw.error.map_or_else(|| Ok(raw.result.unwrap_or_default()), Err)))
        }
        (None, None) => broken(ErrorCode::InvalidRequest, "a message without `method` and without `id`".to_owned()),
    }
}

fn broken(code: ErrorCode, message: String) -> Arrival {
    Arrival::Broken(Id::Null, error(code, message))
}

fn error(code: ErrorCode, message: String) -> Error {
    Error { code, message: message.into(), data: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads everything; one line for each arrival.
    fn arrivals(bytes: &[u8]) -> Vec<String> {
        let mut input = io::BufReader::new(bytes);
        let mut found = Vec::new();
        loop {
            match read(&mut input) {
                Arrival::Request(request) => found.push(format!("{} {:?}", request.method(), request.id())),
                Arrival::Response(response) => found.push(format!("response {}", response.id())),
                Arrival::Broken(id, error) => found.push(format!("broken {id} {}", error.code)),
                Arrival::End => return found,
            }
        }
    }

    fn framed(body: &str) -> String {
        format!("Content-Length: {}\r\n\r\n{body}", body.len())
    }

    #[test]
    fn a_broken_message_does_not_hide_the_next() {
        let good = framed(r#"{"jsonrpc":"2.0","method":"exit"}"#);
        let all = [
            framed("{\"jsonrpc\":"),
            good.clone(),
            "nonsense".to_owned(),
            good.clone(),
            "Content-Length: x\r\n\r\n".to_owned(),
            good.clone(),
            framed("[1]"),
            framed(r#"{"id":7,"method":"m"}"#),
            framed(r#"{"jsonrpc":"2.0","id":{},"method":"m"}"#),
            framed("\u{7f}\u{0}"),
            good,
        ];
        let found = arrivals(all.concat().as_bytes());
        assert_eq!(
            found,
            [
                "broken null -32700",
                "exit None",
                "exit None",
                "broken null -32700",
                "exit None",
                "broken null -32600",
                "broken 7 -32600",
                "broken null -32600",
                "broken null -32700",
                "exit None",
            ]
        );
    }

    #[test]
    fn requests_and_responses_are_told_apart() {
        let all = [
            framed(r#"{"jsonrpc":"2.0","id":"a","method":"m","params":{}}"#),
            framed(r#"{"jsonrpc":"2.0","id":3,"result":null}"#),
        ];
        assert_eq!(arrivals(all.concat().as_bytes()), ["m Some(String(\"a\"))", "response 3"]);
    }

    #[test]
    fn a_promise_that_is_not_kept_ends_the_input() {
        assert!(arrivals(b"Content-Length: 99999999999\r\n\r\nx").is_empty());
        assert!(arrivals(b"Content-Length: 10\r\n\r\nx").is_empty());
    }
}

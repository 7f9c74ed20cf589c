//! `cloudc lsp`: the language server.

use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::sync::Arc;

use cloudc_server::Host;

use crate::args::Global;
use crate::disk::{self, Disk};
use crate::exit::{Exit, Failure};
use crate::{layers, output};

const EDITORS: &str = "\
Editors start it by themselves. This is what each is told; docs/editors has more:

  VS Code
    install the extension; it looks for `cloudc` in the setting cloudc.server.path,
    then on PATH
  Neovim 0.11
    vim.lsp.config('cloudc', {
      cmd = { 'cloudc', 'lsp' }, filetypes = { 'cloud' },
      root_markers = { 'project.cloud', '.git' } })
    vim.lsp.enable('cloudc')
  Helix, in languages.toml
    [language-server.cloudc]
    command = \"cloudc\"
    args = [\"lsp\"]
  Zed, in settings.json
    \"lsp\": { \"cloudc\": { \"binary\": { \"path\": \"cloudc\", \"arguments\": [\"lsp\"] } } }
  Emacs (eglot)
    (add-to-list 'eglot-server-programs '(cloud-mode . (\"cloudc\" \"lsp\")))
  Sublime Text, in the settings of LSP
    \"clients\": { \"cloudc\": { \"command\": [\"cloudc\", \"lsp\"], \"selector\": \"source.cloud\" } }
  JetBrains (LSP4IJ)
    a new language server with the command `cloudc lsp`
  any other, or for looking at messages
    cloudc lsp --socket 4389";

/// Options of `lsp`.
#[derive(Debug, clap::Args)]
#[command(after_help = EDITORS)]
pub struct Args {
    /// Wait for one editor on this port of 127.0.0.1 instead of standard input and output; 0 picks a free one
    #[arg(long, value_name = "PORT")]
    socket: Option<u16>,
    /// Standard input and output; this is the default, and accepted because many editors add it
    #[arg(long, conflicts_with = "socket")]
    stdio: bool,
}

/// Serves until the editor leaves.
pub fn run(args: &Args, global: &Global) -> Result<Exit, Failure> {
    // They make a build faster; a server that runs all day would take three times the memory it uses, to answer 3 % sooner.
    #[cfg(target_os = "linux")]
    let _ = rustix::thread::disable_transparent_huge_pages(true);
    let host = host(global);
    let code = match args.socket {
        None => cloudc_server::serve(io::stdin(), io::stdout(), host),
        Some(port) => {
            let fail = |error: io::Error| Failure::world(format!("cannot listen on port {port}: {}", output::reason(&error)));
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(fail)?;
            output::line(&format!("listening on {}", listener.local_addr().map_err(fail)?));
            let (stream, _) = listener.accept().map_err(fail)?;
            // One editor only.
            drop(listener);
            let _ = stream.set_nodelay(true);
            cloudc_server::serve(stream.try_clone().map_err(fail)?, stream, host)
        }
    };
    Ok(if code == 0 { Exit::Fine } else { Exit::Errors })
}

/// What the server gets from outside.
fn host(global: &Global) -> Host {
    let known = global.clone();
    Host {
        disk: Arc::new(|root| Arc::new(Disk::new(real(root)))),
        project: Arc::new(|folder| disk::project(&real(folder))),
        schema: Arc::new(move || layers::schema(&known)),
        program: std::env::current_exe().ok(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        testing: std::env::var_os("CLOUDC_LSP_TEST").is_some_and(|value| value == "1"),
    }
}

/// With symbolic links resolved; what is not there stays as it is written.
fn real(path: &Path) -> std::path::PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_path_buf())
}

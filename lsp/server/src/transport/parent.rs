//! Noticing that the editor is gone though its end of the stream is open.

use std::time::Duration;

/// How often is looked.
const PAUSE: Duration = Duration::from_secs(2);

/// Calls `gone` when the process with this number has ended. Numbers that can be no process are not watched.
pub fn watch(process: u32, gone: impl FnOnce() + Send + 'static) {
    let watch = move || {
        while alive(process) {
            std::thread::sleep(PAUSE);
        }
        gone();
    };
    // Without the thread the end of the input is what is left to notice.
    let _ = std::thread::Builder::new().name("cloudc-parent".to_owned()).spawn(watch);
}

#[cfg(unix)]
fn alive(process: u32) -> bool {
    let Some(process) = i32::try_from(process).ok().and_then(rustix::process::Pid::from_raw) else { return true };
    // Not being allowed to signal a process means that it is there.
    rustix::process::test_kill_process(process) != Err(rustix::io::Errno::SRCH)
}

#[cfg(not(unix))]
fn alive(_: u32) -> bool {
    true
}

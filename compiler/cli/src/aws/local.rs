//! What this machine knows: the commit that is deployed, and what the user wishes meanwhile.

use std::io::{BufRead as _, IsTerminal as _, Write as _};
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use cloudc_deploy::run::Wish;
use tokio::sync::watch;

use super::progress::Progress;
use crate::output;

/// The commit of a folder, with `+` when files were changed since; nothing outside of Git.
pub fn revision(folder: &Path) -> Option<String> {
    let git = |arguments: &[&str]| {
        let out = Command::new("git").arg("-C").arg(folder).args(arguments).output().ok()?;
        out.status.success().then(|| String::from_utf8_lossy(&out.stdout).trim().to_owned())
    };
    let commit = git(&["rev-parse", "HEAD"]).filter(|commit| !commit.is_empty())?;
    let changed = git(&["status", "--porcelain", "--untracked-files=no"]).is_some_and(|list| !list.is_empty());
    Some(if changed { format!("{commit}+") } else { commit })
}

/// Whether somebody can be asked.
pub fn interactive() -> bool {
    std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}

/// Asks, and gives the answer without white space around it; nothing at the end of input.
pub fn ask(question: &str) -> Option<String> {
    let _ = write!(std::io::stderr().lock(), "{question} ");
    let mut answer = String::new();
    let read = std::io::stdin().lock().read_line(&mut answer).unwrap_or(0);
    (read > 0).then(|| answer.trim().to_owned())
}

/// What the user wishes while CloudFormation is at work.
///
/// Until something is begun an interrupt ends the process, as everywhere: nothing was changed, and what planning left is removed by the
/// next deployment. From [`Interrupts::listen`] on it is asked what it means.
#[derive(Debug)]
pub struct Interrupts {
    tell: watch::Sender<Wish>,
    listening: Arc<AtomicBool>,
    task: Mutex<Option<tokio::task::JoinHandle<()>>>,
}

impl Drop for Interrupts {
    fn drop(&mut self) {
        // What comes after the deployment is not a question about it.
        if let Some(task) = self.task.get_mut().unwrap_or_else(std::sync::PoisonError::into_inner) {
            task.abort();
        }
    }
}

impl Interrupts {
    /// Nobody listens yet.
    pub fn new() -> Self {
        Interrupts { tell: watch::channel(Wish::Continue).0, listening: Arc::default(), task: Mutex::default() }
    }

    /// Hears of wishes.
    pub fn wish(&self) -> watch::Receiver<Wish> {
        self.tell.subscribe()
    }

    /// Becomes true when an interrupt is a question.
    pub fn listening(&self) -> Arc<AtomicBool> {
        self.listening.clone()
    }

    /// Listens from now on. At a terminal the user is asked what an interrupt means; elsewhere, or once that is decided, watching stops
    /// and CloudFormation goes on.
    pub fn listen(&self, progress: &Arc<Progress>) {
        if self.listening.swap(true, Ordering::Relaxed) {
            return;
        }
        let (tell, progress) = (self.tell.clone(), progress.clone());
        let task = tokio::spawn(async move {
            let mut decided = false;
            while interrupt().await.is_ok() {
                if decided || !interactive() {
                    tell.send_replace(Wish::Detach);
                    continue;
                }
                progress.hush(true);
                let answer = tokio::task::spawn_blocking(|| {
                    output::line("\ninterrupted: CloudFormation goes on by itself");
                    ask("[w]atch on, [c]ancel and go back, [d]etach?")
                });
                let answer = answer.await.ok().flatten().unwrap_or_default();
                progress.hush(false);
                let wish = match answer.chars().next() {
                    Some('c' | 'C') => Wish::Cancel,
                    Some('d' | 'D') => Wish::Detach,
                    _ => Wish::Continue,
                };
                decided = wish != Wish::Continue;
                tell.send_replace(wish);
            }
        });
        *self.task.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(task);
    }
}

/// Ctrl-C, or being told to end.
pub async fn interrupt() -> std::io::Result<()> {
    #[cfg(unix)]
    {
        let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
        tokio::select! {
            pressed = tokio::signal::ctrl_c() => pressed,
            _ = terminate.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await
}

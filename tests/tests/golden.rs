//! Golden programs: everything visible of a build, compared with what is committed. `cargo xtask bless` writes it anew.

use cloudc_tests::golden;
use cloudc_tests::sources::{self, Folder};
use libtest_mimic::{Arguments, Failed, Trial};

fn main() {
    let bless = std::env::var_os("CLOUDC_BLESS").is_some();
    let trial = |folder: Folder| Trial::test(folder.name.clone(), move || cloudc_driver::with_stack(|| judge(&folder, bless)));
    let trials = sources::programs().into_iter().map(trial).collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

fn judge(folder: &Folder, bless: bool) -> Result<(), Failed> {
    let made = golden::views(folder);
    if bless {
        for (name, text) in &made {
            std::fs::write(folder.path.join(name), text).map_err(|error| format!("{name}: {error}"))?;
        }
        return Ok(());
    }
    let mut wrong = Vec::new();
    for (name, text) in &made {
        let kept = std::fs::read_to_string(folder.path.join(name)).unwrap_or_default();
        if kept != *text {
            wrong.push(golden::difference(name, &kept, text));
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(format!("{}\n(`cargo xtask bless` accepts this)", wrong.join("\n")).into()) }
}

//! Every page of `fixtures/server` says what the server answers. `CLOUDC_BLESS=1` writes the answers; read the difference then.

use cloudc_tests::client_page::{pages, run};
use cloudc_tests::golden::difference;

#[test]
fn pages_say_what_the_server_answers() {
    let pages = pages();
    assert!(!pages.is_empty(), "there are no pages");
    let mut wrong = Vec::new();
    for (name, path) in pages {
        let kept = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let made = run(&name, &kept);
        if std::env::var_os("CLOUDC_BLESS").is_some() {
            std::fs::write(&path, made).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        } else if made != kept {
            wrong.push(difference(&name, &kept, &made));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

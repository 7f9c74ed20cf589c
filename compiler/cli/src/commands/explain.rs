//! `cloudc explain`: the page of an error code.

use cloudc_base::suggest;

use crate::args::Global;
use crate::exit::{Exit, Failure};
use crate::output;
use crate::pages::PAGES;

/// Options of `explain`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cloudc explain C0301
  cloudc explain            # every code with its title")]
pub struct Args {
    /// The code, as an error shows it: C0301
    code: Option<String>,
}

/// Prints the page, or the list of all.
pub fn run(args: &Args, global: &Global) -> Result<Exit, Failure> {
    let Some(code) = &args.code else {
        let list: String = PAGES.iter().map(|(_, page)| format!("{}\n", title(page))).collect();
        output::print(list.as_bytes())?;
        return Ok(Exit::Fine);
    };
    let wanted = code.trim().trim_matches(['[', ']']).to_uppercase();
    if let Some((_, page)) = PAGES.iter().find(|(known, _)| *known == wanted) {
        output::print(styled(page, output::color_on_stdout(global.color)).as_bytes())?;
        return Ok(Exit::Fine);
    }
    let failure = Failure::usage(format!("there is no error code `{}`", cloudc_base::render::printable(code)));
    Err(match suggest::nearest(&wanted, PAGES.iter().map(|(known, _)| *known)) {
        Some(near) => failure.help(format!("did you mean `{near}`? `cloudc explain` lists all")),
        None => failure.help("`cloudc explain` lists all"),
    })
}

/// The heading of a page, `C0301: …`.
fn title(page: &str) -> &str {
    page.lines().next().unwrap_or("").trim_start_matches("# ")
}

/// Headings in bold; expectations, which only the tests read, taken out.
fn styled(page: &str, color: bool) -> String {
    let mut out = String::new();
    for line in page.lines() {
        let Some(line) = without_expectation(line) else { continue };
        if color && line.starts_with('#') {
            out.push_str(&format!("\u{1b}[1m{}\u{1b}[0m\n", line.trim_start_matches('#').trim_start()));
        } else {
            out.push_str(line);
            out.push('\n');
        }
    }
    out
}

/// The line without what the tests expect of it; none when nothing else stands on it.
fn without_expectation(line: &str) -> Option<&str> {
    let marks = ["// error: [", "// warning: [", "//! error: [", "//! warning: ["];
    let Some(at) = marks.iter().filter_map(|mark| line.find(mark)).min() else { return Some(line) };
    let rest = line[..at].trim_end();
    (!rest.is_empty()).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What no small program brings about: a page says why, and shows what is right where that can be shown.
    const WITHOUT_WRONG: [&str; 20] = [
        "C0133", "C0134", "C0135", "C0231", "C0381", "C0505", "C0517", "C0518", "C0563", "C0564", "C0565", "C0599", "C0602",
        "C0702", "C0705", "C0795", "C0796", "C0797", "C0820", "C0821",
    ];

    /// From here on codes are those of deploying.
    const FIRST_OF_DEPLOYING: &str = "C0850";

    #[test]
    fn every_page_opens_with_its_code_and_has_both_examples() {
        for (code, page) in PAGES {
            assert!(title(page).starts_with(&format!("{code}: ")), "{code}: the title is {:?}", title(page));
            let provoked = page.contains("\n## Wrong\n") && page.contains("\n## Right\n") && page.contains("\n```cloud\n");
            // What deploying tells is about AWS, and no program.
            let outside = *code >= FIRST_OF_DEPLOYING;
            // What only a template can get wrong is shown in one.
            let of_templates = page.contains("\n```yaml\n") && !page.contains("\n```cloud\n");
            assert_eq!(provoked, !outside && !of_templates && !WITHOUT_WRONG.contains(code), "docs/errors/{code}.md");
        }
    }

    #[test]
    fn expectations_are_not_shown() {
        assert_eq!(without_expectation("let a = b // error: [C0201] x"), Some("let a = b"));
        assert_eq!(without_expectation("// error: [C0201]"), None);
        assert_eq!(without_expectation("// a comment"), Some("// a comment"));
    }
}

//! `docs/import-corpus.md`: the tables.

use std::fmt::Write as _;

use serde_json::Value;

use super::files::File;
use super::sources::Collection;
use super::{checks, judge_errors, known};

/// Counts of a collection.
#[derive(Default, Clone, Copy)]
struct Count {
    files: usize,
    accepted: usize,
    equivalent: usize,
    no_raw: usize,
    no_loose: usize,
    formatted: usize,
    clean: usize,
}

/// The whole page.
pub fn page(collections: &[Collection], files: &[File], verdicts: &[Value], results: &[Value]) -> String {
    let mut text = HEAD.to_owned();
    let accepted: Vec<bool> = verdicts.iter().map(|verdict| judge_errors(verdict).is_empty()).collect();
    text.push_str(&sums(collections, files, &accepted, results));
    text.push_str(&parts(&accepted, results));
    text.push_str(&panics(results));
    let mut differ = String::new();
    let mut wrong = String::new();
    for ((file, result), _) in files.iter().zip(results).zip(&accepted).filter(|(_, accepted)| **accepted) {
        let name = format!("{}/{}", collections[file.collection].name, file.name);
        let why = |told: &str| match known::template(&name) {
            Some(why) => why.to_owned(),
            None => format!("`{}`", told.chars().take(240).collect::<String>().replace('`', "'").replace('\n', " ")),
        };
        if result["import"] != "equivalent" {
            let _ = writeln!(differ, "- {name}: {}", why(result["why"].as_str().unwrap_or_default()));
        }
        if let Some(found) = result["check"].as_array().filter(|found| !found.is_empty()) {
            let first = &found[0];
            let told = format!(
                "line {}: {} {}",
                first["line"],
                first["code"].as_str().unwrap_or_default(),
                first["message"].as_str().unwrap_or_default()
            );
            let _ = writeln!(wrong, "- {name}: {}", why(&told));
        }
    }
    let or_none = |list: String| if list.is_empty() { "None.\n".to_owned() } else { list };
    let _ = write!(text, "\n## Accepted by cfn-lint, and not the same when built again\n\n{}", or_none(differ));
    let _ = write!(text, "\n## Accepted by cfn-lint, and errors told by `cloudc check`\n\n{}", or_none(wrong));
    text.push_str(MISTAKES);
    for (title, own) in [("cfn-lint's own fixtures", true), ("Everything else that cfn-lint rejects", false)] {
        let of = |at: &usize| (collections[files[*at].collection].name == "cfn-lint") == own && !accepted[*at];
        let chosen: Vec<usize> = (0..files.len()).filter(of).collect();
        let verdicts: Vec<&Value> = chosen.iter().map(|at| &verdicts[*at]).collect();
        let results: Vec<&Value> = chosen.iter().map(|at| &results[*at]).collect();
        let _ = write!(text, "\n### {title} ({} files)\n\n{}", chosen.len(), checks::tables(&verdicts, &results));
    }
    text
}

fn sums(collections: &[Collection], files: &[File], accepted: &[bool], results: &[Value]) -> String {
    let mut counts = vec![Count::default(); collections.len()];
    for ((file, accepted), result) in files.iter().zip(accepted).zip(results) {
        let count = &mut counts[file.collection];
        count.files += 1;
        if !accepted {
            continue;
        }
        let zero = |key: &str| usize::from(result[key].as_u64() == Some(0));
        count.accepted += 1;
        count.equivalent += usize::from(result["import"] == "equivalent");
        count.no_raw += zero("raws");
        count.no_loose += zero("loose");
        count.formatted += usize::from(result["formatted"] == true);
        count.clean += usize::from(result["check"].as_array().is_some_and(Vec::is_empty));
    }
    let mut text = "| collection | files | accepted by cfn-lint | equivalent | without `raw` | without references as text | formatted | no error told |\n|---|---:|---:|---:|---:|---:|---:|---:|\n".to_owned();
    let mut all = Count::default();
    for (collection, count) in collections.iter().zip(&counts) {
        row(&mut text, &collection.origin, *count);
        all.files += count.files;
        all.accepted += count.accepted;
        all.equivalent += count.equivalent;
        all.no_raw += count.no_raw;
        all.no_loose += count.no_loose;
        all.formatted += count.formatted;
        all.clean += count.clean;
    }
    row(&mut text, "all", all);
    // Four digits are enough, and counts are far below what a float holds.
    #[allow(clippy::cast_precision_loss)]
    let share = |part: usize| format!("{:.1} %", 100.0 * part as f64 / all.accepted.max(1) as f64);
    let shares = [all.equivalent, all.no_raw, all.no_loose, all.formatted, all.clean].map(share);
    let _ = writeln!(text, "| of the accepted | | | {} |", shares.join(" | "));
    text
}

fn row(text: &mut String, name: &str, count: Count) {
    let Count { files, accepted, equivalent, no_raw, no_loose, formatted, clean } = count;
    let _ = writeln!(text, "| {name} | {files} | {accepted} | {equivalent} | {no_raw} | {no_loose} | {formatted} | {clean} |");
}

/// How many are better in several files, and are the same there.
fn parts(accepted: &[bool], results: &[Value]) -> String {
    let large = accepted.iter().zip(results).filter(|(accepted, one)| **accepted && one["several"] == true).map(|(_, one)| one);
    let (mut all, mut same) = (0, 0);
    for one in large {
        all += 1;
        same += usize::from(one["parts"].as_u64().is_some_and(|parts| parts > 1));
    }
    format!(
        "\nOf the accepted, {all} are large and about several things, and `--into` writes one file for each concern; {same} of these programs build the same from several files, the others stay in one.\n"
    )
}

fn panics(results: &[Value]) -> String {
    let panics = results.iter().filter(|one| one["import"] == "panic" || one["check"] == "panic").count();
    let sum = |key: &str| results.iter().filter_map(|one| one[key].as_u64()).sum::<u64>();
    format!(
        "\nPanics: {panics} in {} files, {} in {} damaged copies of them (cut off, overwritten, with a hole).\n",
        results.len(),
        sum("junk_panics"),
        sum("junk")
    )
}

const HEAD: &str = "# Import, tried on public templates\n\n\
`cargo xtask corpus` writes this page. It brings public collections of templates from where they live (nothing of them is kept here), \
asks cfn-lint which ones it accepts (no error), imports each, builds the program again and compares \
([by these rules](import.md#when-two-templates-mean-the-same)), and checks each. \
A text that is in several collections is counted once. `--from NAME=FOLDER` takes a folder instead of fetching (\"as given\" below: what that folder held, which may be a share of the collection); `--offline` fetches nothing, `--only NAME` takes one collection and prints.\n\n\
`raw` is what the language does not say; a reference in it is text that the compiler does not see. What the stack's own `raw:` holds is counted too.\n\n";

const MISTAKES: &str = "\n## Mistakes\n\n\
Every error that cfn-lint tells is a case. It is told there when `cloudc check` tells an error in the same lines: \
at its place or at another that it names. What cfn-lint tells at a whole resource (rings, keys of tables, types that are gone, \
two resources that do not fit together), \
is told at the value inside it.\n";

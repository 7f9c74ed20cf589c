//! Mistakes that cfn-lint finds, and whether the compiler tells them in the same place.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::Value;

use super::{judge_errors, known};

/// Lines between two places that are still the same one, told from the other side: at the key, or at what misses it.
const NEAR: u64 = 3;

/// Counts of one rule.
#[derive(Default, Clone, Copy)]
struct Count {
    cases: usize,
    there: usize,
    near: usize,
}

/// The table of families, and what is missed by rule.
pub fn tables(verdicts: &[&Value], results: &[&Value]) -> String {
    let mut rules: BTreeMap<String, Count> = BTreeMap::new();
    for (verdict, result) in verdicts.iter().zip(results) {
        for case in judge_errors(verdict) {
            let rule = case["rule"].as_str().unwrap_or_default().to_owned();
            if rule == "FAILED" {
                continue;
            }
            let count = rules.entry(rule).or_default();
            count.cases += 1;
            match distance(case, result) {
                Some(0) => count.there += 1,
                Some(lines) if lines <= NEAR => count.near += 1,
                _ => {}
            }
        }
    }
    let mut families: BTreeMap<String, Count> = BTreeMap::new();
    for (rule, count) in &rules {
        let family = families.entry(format!("{}xxx", rule.get(..2).unwrap_or_default())).or_default();
        family.cases += count.cases;
        family.there += count.there;
        family.near += count.near;
    }
    let mut text = "| family | cases | told there | told within three lines | missed |\n|---|---:|---:|---:|---:|\n".to_owned();
    for (family, count) in &families {
        row(&mut text, &format!("{family}: {}", subject(family)), *count, None);
    }
    text.push_str("\nRules with cases that are missed:\n\n| rule | cases | told there | near | missed | why |\n|---|---:|---:|---:|---:|---|\n");
    for (rule, count) in rules.iter().filter(|(_, count)| count.there + count.near < count.cases) {
        row(&mut text, rule, *count, Some(known::rule(rule).unwrap_or("")));
    }
    text
}

fn row(text: &mut String, name: &str, count: Count, why: Option<&str>) {
    let missed = count.cases - count.there - count.near;
    let _ = write!(text, "| {name} | {} | {} | {} | {missed} |", count.cases, count.there, count.near);
    if let Some(why) = why {
        let _ = write!(text, " {why} |");
    }
    text.push('\n');
}

/// How many lines lie between a case and the nearest place of an error that is told.
fn distance(case: &Value, result: &Value) -> Option<u64> {
    let (first, last) = (case["first"].as_u64()?, case["last"].as_u64()?);
    let whole = known::of_resource(case["rule"].as_str()?);
    let told = result["check"].as_array()?.iter().flat_map(|one| {
        let inside = whole.is_some_and(|code| one["code"] == code);
        lines(&one["places"]).chain(lines(&one["resources"]).filter(move |_| inside))
    });
    told.map(|(from, to)| if to < first { first - to } else { from.saturating_sub(last) }).min()
}

/// First and last lines.
fn lines(all: &Value) -> impl Iterator<Item = (u64, u64)> {
    all.as_array().into_iter().flatten().filter_map(|one| Some((one[0].as_u64()?, one[1].as_u64()?)))
}

fn subject(family: &str) -> &'static str {
    match family {
        "E0xxx" => "the file, transforms",
        "E1xxx" => "functions, references, sections",
        "E2xxx" => "parameters",
        "E3xxx" => "resources and their properties",
        "E4xxx" => "metadata",
        "E5xxx" => "modules",
        "E6xxx" => "outputs",
        "E7xxx" => "mappings",
        "E8xxx" => "conditions",
        _ => "others",
    }
}

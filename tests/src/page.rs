//! Markdown pages: cases with programs in fenced blocks.

use serde_json::Value;

use crate::program::{Program, program};

/// A `##` section, or what stands before the first one.
#[derive(Debug)]
pub struct Case {
    /// The heading; empty before the first one.
    pub title: String,
    /// One for each `cloud` block.
    pub programs: Vec<Program>,
}

/// The cases of a page that hold a program.
pub fn cases(text: &str) -> Vec<Case> {
    let mut cases = vec![Case { title: String::new(), programs: Vec::new() }];
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if let Some(title) = line.strip_prefix("## ").or_else(|| line.strip_prefix("# ")) {
            let title = if line.starts_with("# ") { "" } else { title };
            cases.push(Case { title: title.trim().to_owned(), programs: Vec::new() });
        }
        let Some(language) = line.strip_prefix("```") else { continue };
        let block: String = lines.by_ref().take_while(|line| !line.starts_with("```")).map(|line| format!("{line}\n")).collect();
        let Some(case) = cases.last_mut() else { continue };
        match language.trim() {
            "cloud" => case.programs.push(program(&block)),
            "json" | "yaml" => {
                if let Some(last) = case.programs.last_mut() {
                    last.templates.push(template(&block));
                }
            }
            "json nested" | "yaml nested" => {
                if let Some(last) = case.programs.last_mut() {
                    last.nested.push(template(&block));
                }
            }
            _ => {}
        }
    }
    cases.retain(|case| !case.programs.is_empty());
    cases
}

/// A part of a template, in JSON or YAML with CloudFormation's short forms.
fn template(block: &str) -> Value {
    let tree = cloudc_import::read::read(block);
    match tree.root {
        Some(root) if tree.faults.is_empty() => root.to_json(),
        _ => panic!("a block is no template: {:?}\n{block}", tree.faults),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_go_to_their_case() {
        let text = "# P\n\n```cloud\nlet a = 1\n```\n\n## One\ntext\n```sh\nls\n```\n```cloud\nlet b = 1\n```\n```json\n{}\n```\n```yaml\na: !Ref B\n```\n## Two\n";
        let cases = cases(text);
        assert_eq!(cases.iter().map(|case| case.title.as_str()).collect::<Vec<_>>(), ["", "One"]);
        assert_eq!(cases[1].programs[0].templates, [serde_json::json!({}), serde_json::json!({ "a": { "Ref": "B" } })]);
    }
}

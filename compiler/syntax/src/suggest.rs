//! Which keyword somebody meant.

use crate::SyntaxKind as K;
use crate::SyntaxKind;

const DECLARATIONS: &[(&str, SyntaxKind)] = &[
    ("import", K::ImportKw),
    ("input", K::InputKw),
    ("param", K::ParamKw),
    ("let", K::LetKw),
    ("resource", K::ResourceKw),
    ("existing", K::ExistingKw),
    ("output", K::OutputKw),
    ("component", K::ComponentKw),
    ("fn", K::FnKw),
    ("type", K::TypeKw),
    ("defaults", K::DefaultsKw),
    ("moved", K::MovedKw),
    ("forget", K::ForgetKw),
    ("assert", K::AssertKw),
    ("policy", K::PolicyKw),
    ("test", K::TestKw),
    ("stack", K::StackKw),
    ("project", K::ProjectKw),
    ("env", K::EnvKw),
];

/// What other languages call it.
const SYNONYMS: &[(&str, SyntaxKind)] = &[
    ("const", K::LetKw),
    ("var", K::LetKw),
    ("val", K::LetKw),
    ("local", K::LetKw),
    ("function", K::FnKw),
    ("func", K::FnKw),
    ("def", K::FnKw),
    ("parameter", K::ParamKw),
    ("variable", K::InputKw),
    ("data", K::ExistingKw),
    ("outputs", K::OutputKw),
    ("module", K::ComponentKw),
    ("class", K::ComponentKw),
    ("interface", K::TypeKw),
    ("use", K::ImportKw),
    ("include", K::ImportKw),
    ("environment", K::EnvKw),
    ("removed", K::ForgetKw),
];

/// The declaration's keyword that `word` is a slip or another language's word for.
pub(crate) fn declaration_meant(word: &str) -> Option<SyntaxKind> {
    if let Some(found) = SYNONYMS.iter().find(|it| it.0 == word) {
        return Some(found.1);
    }
    let lower = word.to_ascii_lowercase();
    let near = |it: &&(&str, SyntaxKind)| distance(&lower, it.0) <= if it.0.len() >= 6 { 2 } else { usize::from(it.0.len() > 2) };
    DECLARATIONS.iter().find(near).map(|it| it.1)
}

/// How a keyword is written.
pub(crate) fn keyword_text(kind: SyntaxKind) -> &'static str {
    DECLARATIONS.iter().find(|it| it.1 == kind).map_or("", |it| it.0)
}

/// The number of letters to insert, remove, replace or swap with a neighbour.
fn distance(a: &str, b: &str) -> usize {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let mut before = vec![0; b.len() + 1];
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut next = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let replaced = row[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            next[j] = replaced.min(row[j] + 1).min(next[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                next[j] = next[j].min(before[j - 2] + 1);
            }
        }
        before = std::mem::replace(&mut row, next);
    }
    row[b.len()]
}

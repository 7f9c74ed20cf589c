//! Rules over several properties of one object: exactly one of, requires, excludes, when … then.
//!
//! [`Group::check`] is three-valued: what is known only at deployment makes a rule `Unknown`, never broken.

/// A rule over the properties of an object.
#[derive(Clone, PartialEq, Debug)]
pub enum Group {
    /// Exactly one of these sets of properties is present as a whole.
    ExactlyOne(&'static [&'static [&'static str]]),
    /// At least one of these sets is.
    AtLeastOne(&'static [&'static [&'static str]]),
    /// With `when`, all of `all` are needed.
    Requires {
        /// The property that asks.
        when: &'static str,
        /// What it asks for.
        all: &'static [&'static str],
    },
    /// With `when`, none of `any` is accepted.
    Excludes {
        /// The property that forbids.
        when: &'static str,
        /// What it forbids.
        any: &'static [&'static str],
    },
    /// When `test` holds, `then` must.
    When {
        /// The condition.
        test: Test,
        /// What follows from it.
        then: Test,
    },
}

/// A statement about an object's properties. Paths lead from the object inwards.
///
/// As in JSON Schema, a statement about the value of a property that is absent holds.
#[derive(Clone, PartialEq, Debug)]
pub enum Test {
    /// All hold; true when empty.
    All(&'static [Test]),
    /// One holds; false when empty.
    Any(&'static [Test]),
    /// It does not hold.
    Not(&'static Test),
    /// The property is there.
    Present(&'static [&'static str]),
    /// The value is one of these.
    In(&'static [&'static str], &'static [crate::Scalar]),
    /// The number is within these bounds.
    Within(&'static [&'static str], Option<f64>, Option<f64>),
    /// The text matches this pattern (ECMA, not anchored).
    Matches(&'static [&'static str], &'static str),
}

/// What is at a path.
#[derive(Clone, PartialEq, Debug)]
pub enum Seen {
    /// Nothing.
    Absent,
    /// Present or absent: decided at deployment.
    Unknown,
    /// Something whose value is not known yet, or no scalar.
    Present,
    /// Text.
    Str(String),
    /// A whole number.
    Int(i64),
    /// A number.
    Float(f64),
    /// A truth value.
    Bool(bool),
}

/// What [`Group::check`] found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// The rule is kept.
    Holds,
    /// The rule is broken; one lowercase line says how, property names in backticks.
    Broken(String),
    /// Only the deployment can tell.
    Unknown,
}

/// Reads a path of an object.
pub type Look<'a> = dyn FnMut(&[&str]) -> Seen + 'a;

impl Group {
    /// Whether an object keeps the rule.
    pub fn check(&self, look: &mut Look<'_>) -> Verdict {
        match self {
            Group::ExactlyOne(sets) => {
                let (yes, maybe) = count(sets, look);
                if yes > 1 {
                    Verdict::Broken(format!("only one of {} can be given", list_sets(sets, "and")))
                } else if yes + maybe == 0 {
                    Verdict::Broken(format!("one of {} is needed", list_sets(sets, "or")))
                } else {
                    settle(maybe == 0)
                }
            }
            Group::AtLeastOne(sets) => {
                let (yes, maybe) = count(sets, look);
                if yes + maybe == 0 {
                    Verdict::Broken(format!("at least one of {} is needed", list_sets(sets, "or")))
                } else {
                    settle(yes > 0)
                }
            }
            Group::Requires { when, all } => {
                let asked = present(&look(&[when]));
                let mut missing = Vec::new();
                let mut sure = true;
                for name in *all {
                    match present(&look(&[name])) {
                        Some(false) => missing.push(*name),
                        Some(true) => {}
                        None => sure = false,
                    }
                }
                match asked {
                    Some(false) => Verdict::Holds,
                    Some(true) if !missing.is_empty() => {
                        Verdict::Broken(format!("`{when}` also needs {}", list(&missing, "and")))
                    }
                    Some(true) => settle(sure),
                    None => settle(sure && missing.is_empty()),
                }
            }
            Group::Excludes { when, any } => {
                let given = present(&look(&[when]));
                if given == Some(false) {
                    return Verdict::Holds;
                }
                let mut sure = true;
                for name in *any {
                    match present(&look(&[name])) {
                        Some(true) if given == Some(true) => {
                            return Verdict::Broken(format!("`{name}` cannot be given together with `{when}`"));
                        }
                        Some(false) => {}
                        _ => sure = false,
                    }
                }
                settle(sure)
            }
            Group::When { test, then } => match (test.holds(look), then.holds(look)) {
                (Some(false), _) | (_, Some(true)) => Verdict::Holds,
                (Some(true), Some(false)) => Verdict::Broken(explain(test, then)),
                _ => Verdict::Unknown,
            },
        }
    }
}

impl Test {
    /// Whether it holds; `None` when only the deployment can tell.
    pub fn holds(&self, look: &mut Look<'_>) -> Option<bool> {
        match self {
            Test::All(tests) => {
                let mut sure = true;
                for test in *tests {
                    match test.holds(look) {
                        Some(false) => return Some(false),
                        Some(true) => {}
                        None => sure = false,
                    }
                }
                sure.then_some(true)
            }
            Test::Any(tests) => {
                let mut sure = true;
                for test in *tests {
                    match test.holds(look) {
                        Some(true) => return Some(true),
                        Some(false) => {}
                        None => sure = false,
                    }
                }
                sure.then_some(false)
            }
            Test::Not(test) => test.holds(look).map(|held| !held),
            Test::Present(path) => present(&look(path)),
            Test::In(path, values) => {
                let seen = look(path);
                value(&seen, || values.iter().any(|wanted| equals(&seen, wanted)))
            }
            Test::Within(path, min, max) => {
                let seen = look(path);
                let number = match &seen {
                    Seen::Int(value) => Some(*value as f64),
                    Seen::Float(value) => Some(*value),
                    Seen::Str(text) => text.parse().ok(),
                    _ => None,
                };
                value(&seen, || number.is_none_or(|n| min.is_none_or(|min| n >= min) && max.is_none_or(|max| n <= max)))
            }
            // Deciding a pattern needs a regex engine, which this crate does not carry; the deployment decides.
            Test::Matches(path, _) => (look(path) == Seen::Absent).then_some(true),
        }
    }
}

/// A statement about a value: vacuous when absent, unknown when the value is.
fn value(seen: &Seen, decide: impl FnOnce() -> bool) -> Option<bool> {
    match seen {
        Seen::Absent => Some(true),
        Seen::Unknown | Seen::Present => None,
        _ => Some(decide()),
    }
}

fn present(seen: &Seen) -> Option<bool> {
    match seen {
        Seen::Absent => Some(false),
        Seen::Unknown => None,
        _ => Some(true),
    }
}

/// Equality as CloudFormation sees it: scalars convert to text freely.
fn equals(seen: &Seen, wanted: &crate::Scalar) -> bool {
    let wanted = match wanted {
        crate::Scalar::Str(text) => (*text).to_owned(),
        other => other.to_string(),
    };
    match seen {
        Seen::Str(text) => *text == wanted,
        Seen::Int(value) => value.to_string() == wanted,
        Seen::Float(value) => value.to_string() == wanted,
        Seen::Bool(value) => value.to_string() == wanted,
        _ => false,
    }
}

fn settle(sure: bool) -> Verdict {
    if sure { Verdict::Holds } else { Verdict::Unknown }
}

/// How many sets are wholly present, and how many may be.
fn count(sets: &[&[&str]], look: &mut Look<'_>) -> (usize, usize) {
    let (mut yes, mut maybe) = (0, 0);
    for set in sets {
        let mut state = Some(true);
        for name in *set {
            match present(&look(&[name])) {
                Some(false) => {
                    state = Some(false);
                    break;
                }
                None => state = None,
                Some(true) => {}
            }
        }
        match state {
            Some(true) => yes += 1,
            None => maybe += 1,
            Some(false) => {}
        }
    }
    (yes, maybe)
}

fn list_sets(sets: &[&[&str]], word: &str) -> String {
    let parts: Vec<String> = sets.iter().map(|set| list(set, "with")).collect();
    join(&parts, word)
}

fn list(names: &[&str], word: &str) -> String {
    let parts: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    join(&parts, word)
}

fn join(parts: &[String], word: &str) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} {word} {last}", first.join(", ")),
    }
}

fn explain(test: &Test, then: &Test) -> String {
    format!("when {}, {}", say(test, false), say(then, true))
}

/// The statement in words; `must` words it as a demand.
fn say(test: &Test, must: bool) -> String {
    let path = |path: &[&str]| format!("`{}`", path.join("."));
    match test {
        Test::All(tests) => {
            // "is given" beside a statement about the same value or about something inside it says nothing more.
            let said = |at: &[&str]| {
                tests.iter().any(|other| match other {
                    Test::In(path, _) | Test::Within(path, ..) | Test::Matches(path, _) => path.starts_with(at),
                    Test::Present(path) => path.starts_with(at) && path.len() > at.len(),
                    _ => false,
                })
            };
            let kept = tests.iter().filter(|test| must || !matches!(test, Test::Present(at) if said(at)));
            let parts: Vec<String> = kept.map(|test| say(test, must)).collect();
            join(&parts, "and")
        }
        Test::Any([Test::Not(Test::Present(one)), Test::Not(Test::Present(other))]) if must => {
            format!("{} and {} cannot be given together", path(one), path(other))
        }
        // A value that is not there is none of these either.
        Test::Any([Test::Not(Test::Present(at)), not @ Test::Not(Test::In(path, _))]) if at == path => say(not, must),
        Test::Any([Test::Not(test), then]) if must => format!("{} if {}", say(then, true), say(test, false)),
        Test::Any([test @ (Test::In(..) | Test::All(_)), then]) if must => {
            format!("{} unless {}", say(then, true), say(test, false))
        }
        Test::Any(tests) => {
            let parts: Vec<String> = tests.iter().map(|test| say(test, must)).collect();
            join(&parts, "or")
        }
        Test::Not(inner) => match inner {
            Test::Present(at) if must => format!("{} must not be given", path(at)),
            Test::Present(at) => format!("{} is not given", path(at)),
            Test::In(at, values) if must => format!("{} must not be {}", path(at), values_text(values)),
            Test::In(at, values) => format!("{} is not {}", path(at), values_text(values)),
            other => format!("not ({})", say(other, must)),
        },
        Test::Present(at) if must => format!("{} is needed", path(at)),
        Test::Present(at) => format!("{} is given", path(at)),
        Test::In(at, values) if must => format!("{} must be {}", path(at), values_text(values)),
        Test::In(at, values) => format!("{} is {}", path(at), values_text(values)),
        Test::Within(at, min, max) => {
            let verb = if must { "must be" } else { "is" };
            match (min, max) {
                (Some(min), Some(max)) => format!("{} {verb} between {min} and {max}", path(at)),
                (Some(min), None) => format!("{} {verb} at least {min}", path(at)),
                (_, Some(max)) => format!("{} {verb} at most {max}", path(at)),
                (None, None) => format!("{} {verb} a number", path(at)),
            }
        }
        Test::Matches(at, pattern) => format!("{} matches `{pattern}`", path(at)),
    }
}

fn values_text(values: &[crate::Scalar]) -> String {
    let mut parts: Vec<String> = values.iter().take(8).map(|value| value.to_string()).collect();
    if values.len() > 8 {
        parts.push("…".to_owned());
    }
    join(&parts, "or")
}

impl Group {
    /// The rule in words, for `cloudc schema show`.
    pub fn describe(&self) -> String {
        match self {
            Group::ExactlyOne(sets) => format!("exactly one of {}", list_sets(sets, "or")),
            Group::AtLeastOne(sets) => format!("at least one of {}", list_sets(sets, "or")),
            Group::Requires { when, all } => format!("`{when}` needs {}", list(all, "and")),
            Group::Excludes { when, any } => format!("`{when}` excludes {}", list(any, "and")),
            Group::When { test, then } => explain(test, then),
        }
    }
}

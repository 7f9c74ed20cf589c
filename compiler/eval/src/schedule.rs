//! Texts that say when: EventBridge's `cron(…)`, `rate(…)` and `at(…)`.
//!
//! In: text. Out: what is wrong with it. Always: what is told is refused by the service; forms that are unclear are let through.
//! Facts: <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html> and
//! <https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html>.

use std::ops::RangeInclusive;

/// What is wrong with a schedule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// One lowercase line.
    pub message: String,
    /// What is taken.
    pub help: String,
}

/// A field of a cron expression.
struct Field {
    name: &'static str,
    range: RangeInclusive<u32>,
    /// Words for numbers, the first for the lowest.
    words: &'static [&'static str],
    /// Which of `?`, `L`, `W` and `#` it takes.
    marks: &'static str,
}

const MONTHS: [&str; 12] = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const WEEKDAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

const FIELDS: [Field; 6] = [
    Field { name: "minutes", range: 0..=59, words: &[], marks: "" },
    Field { name: "hours", range: 0..=23, words: &[], marks: "" },
    Field { name: "the day of the month", range: 1..=31, words: &[], marks: "?LW" },
    Field { name: "the month", range: 1..=12, words: &MONTHS, marks: "" },
    Field { name: "the day of the week", range: 1..=7, words: &WEEKDAYS, marks: "?L#" },
    Field { name: "the year", range: 1970..=2199, words: &[], marks: "" },
];

/// What is wrong with a schedule. `at`: whether a point in time is one too, as for EventBridge Scheduler.
pub fn wrong(text: &str, at: bool) -> Option<Wrong> {
    let inner = |name: &str| text.trim().strip_prefix(name)?.strip_prefix('(')?.strip_suffix(')');
    if let Some(fields) = inner("cron") {
        return cron(fields);
    }
    if let Some(rest) = inner("rate") {
        return rate(rest, at);
    }
    if at && inner("at").is_some() {
        return None;
    }
    let forms = if at { "`cron(…)`, `rate(…)` or `at(…)`" } else { "`cron(…)` or `rate(…)`" };
    Some(Wrong { message: format!("`{text}` is no schedule"), help: format!("a schedule is {forms}") })
}

/// What is wrong with the fields of a cron expression, as they stand between the brackets.
pub fn cron(fields: &str) -> Option<Wrong> {
    let found: Vec<&str> = fields.split_whitespace().collect();
    if found.len() != FIELDS.len() {
        let message = format!("a cron expression has 6 fields, this one has {}", found.len());
        let help = "the fields are minutes, hours, day of month, month, day of week, year".to_owned();
        return Some(Wrong { message, help });
    }
    if let Some((text, field)) = found.iter().zip(&FIELDS).find(|(text, field)| !text.split(',').all(|one| field.takes(one))) {
        let (first, last) = (field.range.start(), field.range.end());
        let words = field.words.first().zip(field.words.last());
        let words = words.map(|(first, last)| format!(" or {first} to {last}")).unwrap_or_default();
        let message = format!("`{text}` does not say {}", field.name);
        return Some(Wrong { message, help: format!("{first} to {last}{words}, `*`, lists, ranges and steps of them") });
    }
    if found[2] != "?" && found[4] != "?" {
        let message = "a cron expression says the day of the month or the day of the week, not both".to_owned();
        return Some(Wrong { message, help: "write `?` for the other".to_owned() });
    }
    None
}

impl Field {
    fn takes(&self, text: &str) -> bool {
        let (base, step) = text.split_once('/').map_or((text, None), |(base, step)| (base, Some(step)));
        if step.is_some_and(|step| !step.parse::<u32>().is_ok_and(|step| step > 0)) {
            return false;
        }
        match base {
            "*" => true,
            "?" => self.marks.contains('?') && step.is_none(),
            _ => match base.split_once('-') {
                Some((first, last)) => (self.number(first) && self.number(last)) || (first == "L" && self.marks.contains('L')),
                None => self.number(base) || self.marked(base),
            },
        }
    }

    fn number(&self, text: &str) -> bool {
        text.parse().is_ok_and(|number| self.range.contains(&number))
            || self.words.iter().any(|word| word.eq_ignore_ascii_case(text))
    }

    /// The last one, the nearest weekday, the third Friday.
    fn marked(&self, text: &str) -> bool {
        let (last, weekday, which) = (self.marks.contains('L'), self.marks.contains('W'), self.marks.contains('#'));
        let third = |(day, count): (&str, &str)| self.number(day) && matches!(count, "1" | "2" | "3" | "4" | "5");
        (last && (text == "L" || text.strip_suffix('L').is_some_and(|day| self.number(day))))
            || (weekday && (text == "LW" || text.strip_suffix('W').is_some_and(|day| self.number(day))))
            || (which && text.split_once('#').is_some_and(third))
    }
}

/// EventBridge's rules want the singular after 1 and the plural after more; Scheduler takes both.
fn rate(text: &str, either: bool) -> Option<Wrong> {
    let help = "a rate is a number of minutes, hours or days: `rate(1 hour)`, `rate(5 minutes)`".to_owned();
    let mut parts = text.split_whitespace();
    let number = parts.next().and_then(|number| number.parse::<u32>().ok()).filter(|number| *number > 0);
    let unit = parts.next().filter(|_| parts.next().is_none());
    let (Some(number), Some(unit)) = (number, unit) else {
        return Some(Wrong { message: format!("`rate({text})` is no rate"), help });
    };
    let (stem, is_plural) = unit.strip_suffix('s').map_or((unit, false), |stem| (stem, true));
    if !matches!(stem, "minute" | "hour" | "day") {
        return Some(Wrong { message: format!("a rate has no unit `{unit}`"), help });
    }
    if !either && is_plural != (number > 1) {
        let message = format!("EventBridge does not take `{number} {unit}`");
        let right = if number > 1 { format!("{stem}s") } else { stem.to_owned() };
        return Some(Wrong { message, help: format!("write `rate({number} {right})`") });
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{cron, wrong};

    #[test]
    fn what_the_guide_shows_is_right() {
        for text in [
            "cron(15 10 * * ? *)",
            "cron(0 18 ? * MON-FRI *)",
            "cron(0 8 1 * ? *)",
            "cron(0/10 * ? * MON-FRI *)",
            "cron(0/5 8-17 ? * MON-FRI *)",
            "cron(0/30 20-2 ? * MON-FRI *)",
            "cron(0 9 ? * 2#1 *)",
            "cron(0 0 L * ? *)",
            "cron(0 0 3W * ? *)",
            "cron(0 0 ? * 6L 2022-2023)",
            "cron(0 10 ? jan,FEB mon *)",
            "rate(1 minute)",
            "rate(5 minutes)",
            "rate(1 day)",
        ] {
            assert_eq!(wrong(text, false), None, "{text}");
        }
        assert_eq!(wrong("at(2030-11-20T13:00:00)", true), None);
        assert_eq!(wrong("rate(1 minutes)", true), None);
    }

    #[test]
    fn what_the_service_refuses_is_told() {
        for (text, part) in [
            ("cron(0 5 1 * 2 *)", "not both"),
            ("cron(0 5 * * * *)", "not both"),
            ("cron(5, 0, 1, *, ?, *)", "`5,` does not say minutes"),
            ("cron(60 0 * * ? *)", "does not say minutes"),
            ("cron(0 24 * * ? *)", "does not say hours"),
            ("cron(0 0 32 * ? *)", "does not say the day of the month"),
            ("cron(0 0 1 13 ? *)", "does not say the month"),
            ("cron(0 0 ? * 0 *)", "does not say the day of the week"),
            ("cron(0 0 ? * MO *)", "does not say the day of the week"),
            ("cron(0/0 0 ? * 1 *)", "does not say minutes"),
            ("cron(0 12 * * ?)", "this one has 5"),
            ("rate(5 minute)", "does not take `5 minute`"),
            ("rate(1 hours)", "does not take `1 hours`"),
            ("rate(0 hours)", "is no rate"),
            ("rate(2 weeks)", "no unit `weeks`"),
            ("rate(minute)", "is no rate"),
            ("0 12 * * ? *", "is no schedule"),
            ("at(2030-11-20T13:00:00)", "is no schedule"),
        ] {
            let told = wrong(text, false).map(|wrong| wrong.message).unwrap_or_default();
            assert!(told.contains(part), "{text}: {told:?}");
        }
        assert!(cron("0 12 * * ? *").is_none());
    }
}

//! How well a name fits what is typed.
//!
//! Always: a name that fits a text fits every shorter beginning of it, so an editor may go on filtering by itself.

/// The cost of a name for a typed text; none when it does not fit. Nothing typed fits everything.
///
/// A beginning is best, then beginnings of words inside (`role` in `service_role`, `SG` and `secgr` for `SecurityGroup`), then letters in order.
pub(super) fn quality(name: &str, typed: &str) -> Option<u32> {
    if typed.is_empty() {
        return Some(0);
    }
    if name.starts_with(typed) {
        return Some(0);
    }
    if starts_with_ignoring_case(name, typed) {
        return Some(2);
    }
    let humps = humps(name);
    if humps.iter().skip(1).any(|at| starts_with_ignoring_case(&name[*at..], typed)) {
        return Some(30);
    }
    if by_words(name, &humps, typed) {
        return Some(40);
    }
    // A letter or two in order are in nearly every name and mean nothing.
    (typed.len() >= 3 && in_order(name, typed)).then_some(90)
}

/// Whether `typed` is a beginning of `name`, whatever the case of ASCII letters.
pub(super) fn starts_with_ignoring_case(name: &str, typed: &str) -> bool {
    name.len() >= typed.len() && name.as_bytes()[..typed.len()].eq_ignore_ascii_case(typed.as_bytes())
}

/// Where the words of a name begin: after `_`, `-`, `:`, `.` and at capitals behind small letters.
pub(super) fn humps(name: &str) -> Humps {
    let bytes = name.as_bytes();
    let mut starts = Humps { starts: [0; MOST_WORDS], count: 0 };
    for (at, byte) in bytes.iter().enumerate() {
        if !byte.is_ascii_alphanumeric() {
            continue;
        }
        let Some(last) = at.checked_sub(1).map(|before| bytes[before]) else {
            starts.push(at);
            continue;
        };
        let next_is_small = bytes.get(at + 1).is_some_and(u8::is_ascii_lowercase);
        let capital = byte.is_ascii_uppercase() && (!last.is_ascii_uppercase() || next_is_small);
        if !last.is_ascii_alphanumeric() && last.is_ascii() || capital {
            starts.push(at);
        }
    }
    starts
}

/// The most words of a name that are looked at.
const MOST_WORDS: usize = 24;

/// Where the words of a name begin; on the stack, because thousands of names are looked at for one answer.
pub(super) struct Humps {
    starts: [usize; MOST_WORDS],
    count: usize,
}

impl Humps {
    fn push(&mut self, at: usize) {
        if let Some(place) = self.starts.get_mut(self.count) {
            *place = at;
            self.count += 1;
        }
    }
}

impl std::ops::Deref for Humps {
    type Target = [usize];

    fn deref(&self) -> &[usize] {
        &self.starts[..self.count]
    }
}

/// Whether `typed` is made of beginnings of the name's words, in order; words may be left out, the first too.
pub(super) fn by_words(name: &str, humps: &[usize], typed: &str) -> bool {
    fn rest(name: &[u8], humps: &[usize], typed: &[u8], budget: &mut u32) -> bool {
        if typed.is_empty() {
            return true;
        }
        for (index, start) in humps.iter().enumerate() {
            let end = humps.get(index + 1).copied().unwrap_or(name.len());
            let word = &name[*start..end];
            let most = word.iter().zip(typed).take_while(|(a, b)| a.eq_ignore_ascii_case(b)).count();
            for taken in (1..=most).rev() {
                if *budget == 0 {
                    return false;
                }
                *budget -= 1;
                if rest(name, &humps[index + 1..], &typed[taken..], budget) {
                    return true;
                }
            }
        }
        false
    }
    let mut budget = 200;
    rest(name.as_bytes(), humps, typed.as_bytes(), &mut budget)
}

fn in_order(name: &str, typed: &str) -> bool {
    let mut letters = name.bytes();
    typed.bytes().all(|wanted| letters.any(|letter| letter.eq_ignore_ascii_case(&wanted)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_order(typed: &str, names: &[&str]) {
        let costs: Vec<_> = names.iter().map(|name| quality(name, typed)).collect();
        assert!(costs.iter().all(Option::is_some), "{typed}: {costs:?}");
        assert!(costs.is_sorted(), "{typed}: {costs:?}");
    }

    #[test]
    fn beginnings_come_before_words_before_letters() {
        check_order("role", &["role", "roles", "Role", "task_role", "controller"]);
        check_order("sg", &["sg", "SecurityGroup"]);
        check_order("secgr", &["SecurityGroupIds"]);
        check_order("vpcid", &["VpcId"]);
    }

    #[test]
    fn two_letters_somewhere_are_no_fit() {
        assert_eq!(quality("controller", "ol"), None);
        assert_eq!(quality("DBInstance", "zz"), None);
    }

    #[test]
    fn shorter_beginnings_fit_too() {
        for name in ["SecurityGroupIngress", "DBInstanceClass", "public_subnets", "x"] {
            for typed in ["sgi", "dbic", "pubsub", "SecurityG", "subn"] {
                if quality(name, typed).is_some() {
                    // Letters in order need three of them; that is the one step where a list must be asked for again.
                    assert!((3..typed.len()).all(|end| quality(name, &typed[..end]).is_some()), "{name} {typed}");
                }
            }
        }
    }

    #[test]
    fn words_are_found() {
        assert_eq!(*humps("DBInstance"), [0, 2]);
        assert_eq!(*humps("AWS::S3::Bucket"), [0, 5, 9]);
        assert_eq!(*humps("task_role"), [0, 5]);
    }
}

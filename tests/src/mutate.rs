//! Damaged texts, always the same ones: every law must hold for what a person has half typed.

/// A small generator of numbers; the same seed gives the same numbers for ever.
pub struct Numbers(u64);

impl Numbers {
    /// Starts from a text, so that each fixture is damaged in its own way.
    pub fn seeded(text: &str) -> Self {
        // FNV-1a.
        Numbers(text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)))
    }

    /// A number below `limit`; zero when that is zero.
    pub fn below(&mut self, limit: usize) -> usize {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % (limit.max(1) as u64)) as usize
    }
}

/// What is put into texts: brackets, quotes, half words, odd characters.
const PIECES: [&str; 24] = [
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    "\"",
    "\"\"\"",
    "${",
    "\\",
    "//",
    "/*",
    "@",
    ":",
    ",",
    "=",
    ".",
    "\n",
    "\r\n",
    "é\u{301}",
    "\u{0}",
    "if ",
    "let ",
    "0x",
];

/// `count` texts, each damaged in one to three places: something removed, put in, doubled or swapped.
pub fn mutations(text: &str, count: usize) -> Vec<String> {
    let mut numbers = Numbers::seeded(text);
    (0..count).map(|_| mutated(text, &mut numbers)).collect()
}

/// Prefixes of a text: all of a short one, some hundred of a long one.
pub fn prefixes(text: &str, at_most: usize) -> impl Iterator<Item = &str> {
    let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
    let step = ends.len().div_ceil(at_most.max(1)).max(1);
    ends.into_iter().step_by(step).map(|end| &text[..end])
}

fn mutated(text: &str, numbers: &mut Numbers) -> String {
    let mut text = text.to_owned();
    for _ in 0..=numbers.below(3) {
        let start = boundary(&text, numbers);
        let end = floor(&text, start + numbers.below(12));
        match numbers.below(4) {
            0 => text.replace_range(start..end, ""),
            1 => text.insert_str(start, PIECES[numbers.below(PIECES.len())]),
            2 => {
                let again = text[start..end].to_owned();
                text.insert_str(start, &again);
            }
            _ => text.replace_range(start..end, PIECES[numbers.below(PIECES.len())]),
        }
    }
    text
}

fn boundary(text: &str, numbers: &mut Numbers) -> usize {
    floor(text, numbers.below(text.len() + 1))
}

fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

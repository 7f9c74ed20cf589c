//! Bytes in and out: unsigned varints, zigzag, length-prefixed text.
//!
//! Reading never panics: anything out of bounds is [`Corrupt`].

/// The bytes are not what a writer of this version wrote.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Corrupt;

impl std::fmt::Display for Corrupt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the schema data is damaged")
    }
}

impl std::error::Error for Corrupt {}

/// Appends values to a buffer.
#[derive(Default)]
pub(crate) struct Writer {
    pub(crate) bytes: Vec<u8>,
}

impl Writer {
    pub(crate) fn byte(&mut self, value: u8) {
        self.bytes.push(value);
    }

    pub(crate) fn uint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.bytes.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.bytes.push(value as u8);
    }

    pub(crate) fn index(&mut self, value: usize) {
        self.uint(value as u64);
    }

    pub(crate) fn int(&mut self, value: i64) {
        self.uint(((value << 1) ^ (value >> 63)) as u64);
    }

    /// Whole numbers as varints, others as their eight bytes.
    pub(crate) fn float(&mut self, value: f64) {
        if value.fract() == 0.0 && value.abs() < 9e15 {
            self.byte(0);
            self.int(value as i64);
        } else {
            self.byte(1);
            self.bytes.extend(value.to_le_bytes());
        }
    }

    pub(crate) fn text(&mut self, value: &str) {
        self.index(value.len());
        self.bytes.extend(value.as_bytes());
    }
}

/// Takes values off the front of a slice.
pub(crate) struct Reader<'a> {
    bytes: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(crate) const fn new(bytes: &'a [u8]) -> Reader<'a> {
        Reader { bytes }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Bytes left.
    pub(crate) fn len(&self) -> usize {
        self.bytes.len()
    }

    pub(crate) fn byte(&mut self) -> Result<u8, Corrupt> {
        let (&first, rest) = self.bytes.split_first().ok_or(Corrupt)?;
        self.bytes = rest;
        Ok(first)
    }

    pub(crate) fn uint(&mut self) -> Result<u64, Corrupt> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(Corrupt)
    }

    pub(crate) fn u32(&mut self) -> Result<u32, Corrupt> {
        u32::try_from(self.uint()?).map_err(|_| Corrupt)
    }

    /// A count of things that take at least a byte each, so it can never ask for more memory than there is input.
    pub(crate) fn count(&mut self) -> Result<usize, Corrupt> {
        let count = usize::try_from(self.uint()?).map_err(|_| Corrupt)?;
        if count > self.bytes.len() { Err(Corrupt) } else { Ok(count) }
    }

    pub(crate) fn int(&mut self) -> Result<i64, Corrupt> {
        let value = self.uint()?;
        Ok((value >> 1) as i64 ^ -((value & 1) as i64))
    }

    pub(crate) fn float(&mut self) -> Result<f64, Corrupt> {
        match self.byte()? {
            0 => Ok(self.int()? as f64),
            1 => {
                let bytes = self.take(8)?;
                Ok(f64::from_le_bytes(bytes.try_into().map_err(|_| Corrupt)?))
            }
            _ => Err(Corrupt),
        }
    }

    pub(crate) fn take(&mut self, len: usize) -> Result<&'a [u8], Corrupt> {
        if len > self.bytes.len() {
            return Err(Corrupt);
        }
        let (taken, rest) = self.bytes.split_at(len);
        self.bytes = rest;
        Ok(taken)
    }

    pub(crate) fn text(&mut self) -> Result<&'a str, Corrupt> {
        let len = self.count()?;
        std::str::from_utf8(self.take(len)?).map_err(|_| Corrupt)
    }
}

/// FNV-1a, to notice damage and to tell layers apart; no defence against an adversary.
pub(crate) fn checksum(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

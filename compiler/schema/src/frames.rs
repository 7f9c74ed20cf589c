//! Compressed frames one after the other, each unpacked the first time somebody asks for what is in it.
//!
//! In: what is to be packed; later its bytes. Out: the lengths, then zstd frames; later [`Frame`]s and [`Lazy`] values. Always:
//! damage is [`Corrupt`], never a panic, and never asks for more memory than a sane frame needs.

use std::cell::RefCell;
use std::sync::OnceLock;

use crate::wire::{Corrupt, Reader, Writer};

/// No frame is anywhere near this; a damaged length must not ask for the moon.
const MAX_RAW: usize = 64 << 20;

/// Appends these frames, compressed with zstd at this level.
pub(crate) fn write(out: &mut Writer, frames: &[Vec<u8>], level: i32) -> std::io::Result<()> {
    out.index(frames.len());
    let mut bodies = Vec::with_capacity(frames.len());
    for raw in frames {
        let packed = zstd::bulk::compress(raw, level)?;
        out.index(raw.len());
        out.index(packed.len());
        bodies.push(packed);
    }
    bodies.iter().for_each(|body| out.bytes.extend(body));
    Ok(())
}

/// The frames that [`write`] wrote.
pub(crate) fn read(r: &mut Reader<'static>) -> Result<Vec<Frame>, Corrupt> {
    let count = r.count()?;
    let mut lengths = Vec::with_capacity(count);
    for _ in 0..count {
        lengths.push((r.u32()? as usize, r.u32()? as usize));
    }
    lengths.into_iter().map(|(raw_len, len)| Ok(Frame { raw_len, bytes: r.take(len)? })).collect()
}

/// A compressed frame.
#[derive(Clone, Copy)]
pub(crate) struct Frame {
    raw_len: usize,
    bytes: &'static [u8],
}

impl Frame {
    /// The content, kept for ever: everything read from it borrows it.
    pub(crate) fn unpack(self) -> Result<&'static [u8], Corrupt> {
        thread_local! {
            // A context is as large as a frame: one for all of a thread's.
            static CONTEXT: RefCell<Option<zstd::bulk::Decompressor<'static>>> = const { RefCell::new(None) };
        }
        if self.raw_len > MAX_RAW {
            return Err(Corrupt);
        }
        CONTEXT.with_borrow_mut(|context| {
            let context = match context {
                Some(context) => context,
                None => context.insert(zstd::bulk::Decompressor::new().map_err(|_| Corrupt)?),
            };
            let raw = context.decompress(self.bytes, self.raw_len).map_err(|_| Corrupt)?;
            if raw.len() == self.raw_len { Ok(&*raw.leak()) } else { Err(Corrupt) }
        })
    }
}

/// What a frame holds, read once somebody asks.
pub(crate) struct Lazy<T> {
    frame: Frame,
    value: OnceLock<T>,
}

impl<T> Lazy<T> {
    pub(crate) fn new(frame: Frame) -> Lazy<T> {
        Lazy { frame, value: OnceLock::new() }
    }

    /// What was read, or what `read` makes of the content now. Damage ends the program: for data that was read whole before, or
    /// that a test reads whole.
    pub(crate) fn get(&self, read: impl FnOnce(&'static [u8]) -> Result<T, Corrupt>) -> &T {
        self.value.get_or_init(|| self.frame.unpack().and_then(read).expect("data that was read before"))
    }

    /// Reads it now.
    pub(crate) fn fill(&self, read: impl FnOnce(&'static [u8]) -> Result<T, Corrupt>) -> Result<(), Corrupt> {
        // A value that is there already is the same one.
        let _ = self.value.set(read(self.frame.unpack()?)?);
        Ok(())
    }
}

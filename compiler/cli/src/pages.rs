//! Every page of `docs/errors`; the list is made by `build.rs`.

include!(concat!(env!("OUT_DIR"), "/pages.rs"));

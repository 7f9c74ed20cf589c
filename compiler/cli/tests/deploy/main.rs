//! Deploying, with the real SDK against an emulator of AWS: the command line as a user runs it.

mod accounts;
mod emulator;
mod existing;
mod failing;
mod faults;
mod guards;
mod interrupt;
mod kept;
mod life;
mod looks;
mod many;
mod project;
mod recorder;
mod review;
mod settings;
mod store;
mod terminal;
mod watching;

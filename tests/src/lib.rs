//! Runs what fixtures hold.

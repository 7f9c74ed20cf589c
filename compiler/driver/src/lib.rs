//! The database of all stages, and the jobs made of them.

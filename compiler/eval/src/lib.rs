//! Constants and loops to concrete resources.

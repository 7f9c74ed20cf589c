//! Files, diagnostics and how they are drawn.

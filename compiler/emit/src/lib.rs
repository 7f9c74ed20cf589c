//! Template and source map.

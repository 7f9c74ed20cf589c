//! Names, scopes, modules and desugared bodies.

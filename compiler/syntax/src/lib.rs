//! Text to lossless tree to typed AST.

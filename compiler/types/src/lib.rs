//! Inference, checking and elaboration.

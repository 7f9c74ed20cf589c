//! What CloudFormation accepts.

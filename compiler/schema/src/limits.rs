//! CloudFormation's own limits on templates.
//!
//! Source: "CloudFormation quotas" in the CloudFormation user guide. Sizes are bytes, lengths are characters.

/// Resources in a template.
pub const MAX_RESOURCES: usize = 500;
/// Parameters in a template.
pub const MAX_PARAMETERS: usize = 200;
/// Outputs of a template.
pub const MAX_OUTPUTS: usize = 200;
/// Mappings in a template.
pub const MAX_MAPPINGS: usize = 200;
/// Attributes of one mapping.
pub const MAX_MAPPING_ATTRIBUTES: usize = 200;
/// Rules in a template: no quota is documented; the template's size bounds them.
pub const MAX_TEMPLATE_BYTES: usize = 1_000_000;
/// A template sent with the request instead of read from S3.
pub const MAX_TEMPLATE_BODY_BYTES: usize = 51_200;
/// Template description.
pub const MAX_DESCRIPTION_BYTES: usize = 1_024;
/// Logical id of a resource, parameter, output, condition or mapping.
pub const MAX_LOGICAL_ID_CHARS: usize = 255;
/// Value of a parameter.
pub const MAX_PARAMETER_VALUE_BYTES: usize = 4_096;
/// Value of an output.
pub const MAX_OUTPUT_VALUE_BYTES: usize = 4_096;
/// Name of a stack.
pub const MAX_STACK_NAME_CHARS: usize = 128;
/// Name of an export.
pub const MAX_EXPORT_NAME_CHARS: usize = 255;
/// Tags of a stack.
pub const MAX_STACK_TAGS: usize = 50;
/// Key of a tag.
pub const MAX_TAG_KEY_CHARS: usize = 128;
/// Value of a tag.
pub const MAX_TAG_VALUE_CHARS: usize = 256;
/// Stack notification topics.
pub const MAX_NOTIFICATION_ARNS: usize = 5;
/// Stack policy document.
pub const MAX_STACK_POLICY_BYTES: usize = 16_384;
/// Resources in a stack with the nested stacks it holds, in one operation.
pub const MAX_NESTED_RESOURCES: usize = 2_500;
/// Elements of `Fn::Cidr`.
pub const MAX_CIDR_COUNT: u32 = 256;
/// Longest pause of a creation or update policy, in seconds (12 hours).
pub const MAX_SIGNAL_TIMEOUT_SECONDS: u64 = 43_200;

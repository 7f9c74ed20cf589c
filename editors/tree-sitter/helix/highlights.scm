; What is drawn in which colour. Of several patterns for one node the last wins, so the general ones come first.

; Names.
(identifier) @variable

((identifier) @variable.builtin
  (#eq? @variable.builtin "aws"))

(field_expression
  field: (identifier) @variable.other.member)

(field
  key: (identifier) @variable.other.member)

(field
  key: (string) @variable.other.member)

(shorthand_field
  key: (identifier) @variable.other.member)

(named_argument
  name: (identifier) @variable.parameter)

(parameter
  name: (identifier) @variable.parameter)

(for_declaration
  binding: (identifier) @variable.parameter)

(list_comprehension
  binding: (identifier) @variable.parameter)

(record_comprehension
  binding: (identifier) @variable.parameter)

; Calls.
(call_expression
  function: (identifier) @function)

(call_expression
  function: (field_expression
    field: (identifier) @function.method))

((call_expression
  function: (identifier) @function.builtin)
  (#any-of? @function.builtin
    "abs" "allow" "asset" "build" "cron" "deny" "fails" "file" "from_json" "generated" "image" "import_value" "lookup" "max" "min"
    "range" "rate" "raw" "resources" "secret" "ssm" "ssm_secure" "stack_output" "template" "to_json" "transform" "trust"))

; Types.
(path
  (identifier) @type)

(path
  "*" @type)

(type_expression
  (identifier) @type)

(type_expression
  "*" @type)

(path_type
  part: (identifier) @type)

; The parts before the last are the service: AWS::S3::Bucket.
(path
  (identifier) @namespace
  .
  "::")

(type_expression
  (identifier) @namespace
  .
  "::")

((path
  .
  (identifier) @type.builtin
  .)
  (#any-of? @type.builtin
    "String" "Int" "Float" "Bool" "Json" "Map" "Duration" "Size" "Cidr" "Arn" "Secret" "Ssm" "Asset" "Statement"))

(record_type_field
  name: (identifier) @variable.other.member)

; Declarations.
(import_specifier
  name: (identifier) @type)

(import_specifier
  alias: (identifier) @type)

(import
  alias: (identifier) @namespace)

(input_declaration
  name: (identifier) @variable.parameter)

(param_declaration
  name: (identifier) @variable.parameter)

(let_declaration
  name: (identifier) @constant)

(resource_declaration
  name: (identifier) @variable)

(existing_declaration
  name: (identifier) @variable)

(output_declaration
  name: (identifier) @variable.other.member)

(component_declaration
  name: (identifier) @type)

(type_declaration
  name: (identifier) @type)

(function_declaration
  name: (identifier) @function)

(stack_declaration
  name: (identifier) @namespace)

(project_declaration
  name: (identifier) @namespace)

(env_declaration
  name: (identifier) @namespace)

(env_declaration
  parent: (identifier) @namespace)

(with_entry
  key: (identifier) @variable.other.member)

; Attributes.
(attribute
  "@" @attribute
  name: (identifier) @attribute)

; Literals.
(integer) @constant.numeric.integer

[
  (float)
  (duration)
  (size)
] @constant.numeric.float

(cidr) @string.special

(boolean) @constant.builtin.boolean

(none) @constant.builtin

(wildcard) @constant.character

(string) @string

(block_string) @string

(raw_string) @string

(field
  key: (string) @variable.other.member)

(escape_sequence) @constant.character.escape

(type_arguments
  (raw_string) @string.regexp)

(import
  path: (string) @string.special.path)

(interpolation) @_none

(interpolation
  "${" @punctuation.special
  "}" @punctuation.special)

; Keywords.
[
  "input"
  "param"
  "let"
  "resource"
  "existing"
  "output"
  "defaults"
  "moved"
  "forget"
  "assert"
  "policy"
  "test"
  "stack"
  "project"
  "env"
  "with"
] @keyword

[
  "component"
  "type"
] @keyword.storage.type

"fn" @keyword.function

"pub" @keyword.storage.modifier

[
  "import"
  "as"
] @keyword.control.import

[
  "if"
  "else"
  "match"
] @keyword.control.conditional

[
  "for"
  "by"
] @keyword.control.repeat

; In loops, and as an operator.
"in" @keyword.operator

(for_declaration
  "in" @keyword.control.repeat)

(list_comprehension
  "in" @keyword.control.repeat)

(record_comprehension
  "in" @keyword.control.repeat)

; Operators and punctuation.
[
  "="
  "=="
  "!="
  "<="
  ">="
  "+"
  "-"
  "/"
  "%"
  "&&"
  "||"
  "!"
  "?"
  "??"
  "|"
  "->"
  "=>"
  ".."
  "..="
  "..."
] @operator

(binary_expression
  operator: [
    "*"
    "<"
    ">"
  ] @operator)

[
  "("
  ")"
  "["
  "]"
  "{"
  "}"
] @punctuation.bracket

(generic_type
  [
    "<"
    ">"
  ] @punctuation.bracket)

(interpolation
  "}" @punctuation.special)

[
  ","
  ":"
  "::"
  "."
  "?."
] @punctuation.delimiter

; Comments.
[
  (comment)
  (block_comment)
  (doc_comment)
] @_spell

[
  (comment)
  (block_comment)
] @comment.line

(doc_comment) @comment.line.documentation

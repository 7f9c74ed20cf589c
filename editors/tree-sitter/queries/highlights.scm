; What is drawn in which colour. Of several patterns for one node the last wins, so the general ones come first.

; Names.
(identifier) @variable

((identifier) @variable.builtin
  (#eq? @variable.builtin "aws"))

(field_expression
  field: (identifier) @variable.member)

(field
  key: (identifier) @property)

(field
  key: (string) @property)

(shorthand_field
  key: (identifier) @property)

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
  function: (identifier) @function.call)

(call_expression
  function: (field_expression
    field: (identifier) @function.method.call))

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
  (identifier) @module
  .
  "::")

(type_expression
  (identifier) @module
  .
  "::")

((path
  .
  (identifier) @type.builtin
  .)
  (#any-of? @type.builtin
    "String" "Int" "Float" "Bool" "Json" "Map" "Duration" "Size" "Cidr" "Arn" "Secret" "Ssm" "Asset" "Statement"))

(record_type_field
  name: (identifier) @property)

; Declarations.
(import_specifier
  name: (identifier) @type)

(import_specifier
  alias: (identifier) @type)

(import
  alias: (identifier) @module)

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
  name: (identifier) @variable.member)

(component_declaration
  name: (identifier) @type.definition)

(type_declaration
  name: (identifier) @type.definition)

(function_declaration
  name: (identifier) @function)

(stack_declaration
  name: (identifier) @module)

(project_declaration
  name: (identifier) @module)

(env_declaration
  name: (identifier) @module)

(env_declaration
  parent: (identifier) @module)

(with_entry
  key: (identifier) @variable.member)

; Attributes.
(attribute
  "@" @attribute
  name: (identifier) @attribute)

; Literals.
(integer) @number

[
  (float)
  (duration)
  (size)
] @number.float

(cidr) @string.special

(boolean) @boolean

(none) @constant.builtin

(wildcard) @character.special

(string) @string

(block_string) @string

(raw_string) @string

(field
  key: (string) @property)

(escape_sequence) @string.escape

(type_arguments
  (raw_string) @string.regexp)

(import
  path: (string) @string.special.path)

(interpolation) @none

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
] @keyword.type

"fn" @keyword.function

"pub" @keyword.modifier

[
  "import"
  "as"
] @keyword.import

[
  "if"
  "else"
  "match"
] @keyword.conditional

[
  "for"
  "by"
] @keyword.repeat

; In loops, and as an operator.
"in" @keyword.operator

(for_declaration
  "in" @keyword.repeat)

(list_comprehension
  "in" @keyword.repeat)

(record_comprehension
  "in" @keyword.repeat)

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
] @spell

[
  (comment)
  (block_comment)
] @comment

(doc_comment) @comment.documentation

; How lines are indented: one step deeper inside brackets, back with the bracket that closes them.

[
  (import_specifiers)
  (record)
  (record_type)
  (block)
  (branch)
  (with_block)
  (match_arms)
  (list)
  (list_type)
  (arguments)
  (parameters)
  (type_arguments)
  (parenthesized_type)
  (parenthesized_expression)
  (index_expression)
] @indent.begin

[
  "}"
  "]"
  ")"
] @indent.branch @indent.end

; Text keeps the indentation that it is written with.
[
  (block_string)
  (raw_string)
  (block_comment)
] @indent.ignore

(ERROR
  [
    "{"
    "["
    "("
  ]) @indent.begin

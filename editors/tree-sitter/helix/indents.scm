; How lines are indented, in Helix.

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
] @indent

[
  "}"
  "]"
  ")"
] @outdent

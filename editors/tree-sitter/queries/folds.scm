; What can be folded: everything in brackets that spans lines, and long texts.

[
  (import_specifiers)
  (record)
  (record_type)
  (block)
  (branch)
  (with_block)
  (match_arms)
  (list)
  (arguments)
  (parameters)
  (type_arguments)
  (parenthesized_expression)
  (block_string)
  (block_comment)
] @fold

; Comments above each other fold as one.
(doc_comment)+ @fold

(comment)+ @fold

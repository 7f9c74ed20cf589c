; Parts to select and move by, in Helix.

(resource_declaration
  body: (record) @class.inside) @class.around

(component_declaration
  body: (block) @class.inside) @class.around

(stack_declaration
  body: (record) @class.inside) @class.around

(function_declaration
  value: (_) @function.inside) @function.around

(policy_declaration
  body: (block) @function.inside) @function.around

(test_declaration
  body: (block) @test.inside) @test.around

(parameters
  (parameter) @parameter.inside)

(arguments
  (_) @parameter.inside)

(list
  (_) @parameter.inside)

(field
  value: (_) @entry.inside) @entry.around

[
  (comment)
  (doc_comment)
  (block_comment)
] @comment.inside

[
  (comment)
  (doc_comment)
  (block_comment)
]+ @comment.around

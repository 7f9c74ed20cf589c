; Parts to select and move by.

; A declaration that makes something counts as a class, a function as a function.
(resource_declaration
  body: (record) @class.inner) @class.outer

(component_declaration
  body: (block) @class.inner) @class.outer

(stack_declaration
  body: (record) @class.inner) @class.outer

(project_declaration
  body: (record) @class.inner) @class.outer

(env_declaration
  body: (record) @class.inner) @class.outer

(defaults_declaration
  body: (record) @class.inner) @class.outer

(policy_declaration
  body: (block) @function.inner) @function.outer

(test_declaration
  body: (block) @function.inner) @function.outer

(function_declaration
  value: (_) @function.inner) @function.outer

(if_declaration
  consequence: (block) @conditional.inner) @conditional.outer

(if_expression
  consequence: (_) @conditional.inner) @conditional.outer

(match_expression
  arms: (match_arms) @conditional.inner) @conditional.outer

(for_declaration
  body: (block) @loop.inner) @loop.outer

(list_comprehension
  value: (_) @loop.inner) @loop.outer

(record_comprehension
  value: (_) @loop.inner) @loop.outer

(block) @block.outer

(record) @block.outer

(call_expression
  arguments: (arguments) @call.inner) @call.outer

(field
  key: (_) @assignment.lhs
  value: (_) @assignment.rhs) @assignment.outer

(let_declaration
  name: (_) @assignment.lhs
  value: (_) @assignment.rhs) @assignment.outer

(arguments
  (_) @parameter.inner)

(parameters
  (parameter) @parameter.inner)

(list
  (_) @parameter.inner)

(field) @parameter.outer

(attribute) @attribute.outer

[
  (comment)
  (doc_comment)
  (block_comment)
] @comment.outer

[
  (integer)
  (float)
  (duration)
  (size)
] @number.inner

--- Which resources of a stack use which.

local clients = require('cloudc.client')
local scratch = require('cloudc.scratch')

local M = {}

---@class cloudc.Node
---@field id string
---@field type string
---@field uri string
---@field range lsp.Range
---@field conditional boolean

---@class cloudc.Edge
---@field from string
---@field to string
---@field label string?
---@field written boolean Whether the source says so itself, with `@depends_on`.

---@class cloudc.Graph
---@field stack string
---@field nodes cloudc.Node[]
---@field edges cloudc.Edge[]

---@param value any
local function text(value)
  return type(value) == 'string' and value or ''
end

--- The graph as lines, and the node that each line is about.
---@param graph cloudc.Graph
---@return string[], table<integer, cloudc.Node>
function M.list(graph)
  local lines, nodes, by_id = {}, {}, {} ---@type string[], table<integer, cloudc.Node>, table<string, cloudc.Node>
  local width = 0
  for _, node in ipairs(graph.nodes) do
    by_id[node.id] = node
    width = math.max(width, #node.id)
  end
  for _, node in ipairs(graph.nodes) do
    local condition = node.conditional and '  (conditional)' or ''
    table.insert(lines, node.id .. (' '):rep(width - #node.id + 2) .. node.type .. condition)
    nodes[#lines] = node
    for _, edge in ipairs(graph.edges) do
      if edge.from == node.id then
        local label = text(edge.label)
        local how = label ~= '' and ('  ' .. label) or edge.written and '  @depends_on' or ''
        table.insert(lines, '  -> ' .. edge.to .. how)
        nodes[#lines] = by_id[edge.to]
      end
    end
  end
  if #lines == 0 then
    lines = { 'no resources' }
  end
  return lines, nodes
end

--- The graph in Graphviz's language.
---@param graph cloudc.Graph
---@return string[]
function M.dot(graph)
  local function quoted(it)
    return '"' .. it:gsub('[\\"]', '\\%0') .. '"'
  end
  local lines = { 'digraph ' .. quoted(graph.stack) .. ' {', '  rankdir = LR', '  node [shape = box]' }
  for _, node in ipairs(graph.nodes) do
    local style = node.conditional and ', style = dashed' or ''
    -- Graphviz reads `\n` itself.
    local label = quoted(node.id .. '\n' .. node.type):gsub('\n', '\\n')
    table.insert(lines, ('  %s [label = %s%s]'):format(quoted(node.id), label, style))
  end
  for _, edge in ipairs(graph.edges) do
    local label = text(edge.label)
    local attributes = label ~= '' and (' [label = %s]'):format(quoted(label)) or ''
    table.insert(lines, ('  %s -> %s%s'):format(quoted(edge.from), quoted(edge.to), attributes))
  end
  table.insert(lines, '}')
  return lines
end

---@param options { format: string?, mods: table? }
function M.open(options)
  local source = vim.api.nvim_get_current_buf()
  local format = options.format or 'list'
  if format ~= 'list' and format ~= 'dot' then
    vim.notify('cloudc: a graph is shown as `list` or `dot`', vim.log.levels.ERROR)
    return
  end
  local name = vim.api.nvim_buf_get_name(source)
  clients.request('cloud/graph', { textDocument = clients.document(source) }, source, function(graph, client)
    if not graph then
      vim.notify('cloudc: there is no stack in this file', vim.log.levels.WARN)
      return
    end
    local lines, nodes
    if format == 'dot' then
      lines, nodes = M.dot(graph), {}
    else
      lines, nodes = M.list(graph)
    end
    local bufnr = scratch.open({
      name = ('cloudc://graph/%s.%s'):format(name, format),
      filetype = format == 'dot' and 'dot' or 'cloudc-graph',
      lines = lines,
      mods = options.mods,
    })
    vim.keymap.set('n', '<CR>', function()
      local node = nodes[vim.fn.line('.')]
      if node then
        scratch.jump(node.uri, node.range, client.offset_encoding)
      end
    end, { buffer = bufnr, desc = 'Go to the source' })
  end)
end

return M

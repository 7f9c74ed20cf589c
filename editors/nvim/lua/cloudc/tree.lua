--- The compiler's own tree of a source, for those who work on the compiler.

local clients = require('cloudc.client')

local M = {}

---@param options { range: [integer, integer]?, mods: table? } `range` is the first and the last line, from 1.
function M.open(options)
  local source = vim.api.nvim_get_current_buf()
  local name = vim.api.nvim_buf_get_name(source)
  local params = { textDocument = clients.document(source) }
  if options.range then
    params.range = {
      start = { line = options.range[1] - 1, character = 0 },
      ['end'] = { line = options.range[2], character = 0 },
    }
  end
  clients.request('cloud/syntaxTree', params, source, function(answer)
    if answer then
      require('cloudc.scratch').open({
        name = 'cloudc://tree/' .. name,
        filetype = 'cloudc-tree',
        lines = vim.split(vim.trim(answer.text), '\n'),
        mods = options.mods,
      })
    end
  end)
end

return M

--- What is running, for people who wonder.

local M = {}

---@return string[]
function M.lines()
  local config = require('cloudc.config')
  local program = config.program() or '(a function connects)'
  local lines = { '# cloudc', '', 'program: ' .. vim.fn.exepath(program) }
  if vim.fn.executable(program) == 1 then
    local outcome = vim.system({ program, '--version' }, { text = true }):wait(2000)
    table.insert(lines, 'version: ' .. vim.trim(outcome.stdout or ''))
  else
    lines[#lines] = ('program: `%s` is not on PATH'):format(program)
  end
  local parser = require('cloudc.treesitter').available()
  table.insert(lines, 'tree-sitter parser: ' .. (parser and 'installed' or 'not installed (:CloudcInstallParser)'))
  for _, client in ipairs(vim.lsp.get_clients({ name = 'cloudc' })) do
    local status = require('cloudc.status').of(client.id)
    local server = client.server_info or {}
    vim.list_extend(lines, {
      '',
      ('## server %d'):format(client.id),
      '',
      ('state: %s %s'):format(status and status.state or 'running', status and status.message or ''),
      ('server: %s %s'):format(server.name or '', server.version or ''),
      'command: ' .. (type(client.config.cmd) == 'table' and table.concat(client.config.cmd, ' ') or 'a function'),
      'root: ' .. (client.root_dir or '(none)'),
      'positions: ' .. client.offset_encoding,
      'buffers: ' .. vim.tbl_count(client.attached_buffers),
    })
  end
  return vim.tbl_map(vim.trim, lines)
end

---@param options { mods: table? }
function M.open(options)
  require('cloudc.scratch').open({
    name = 'cloudc://info',
    filetype = 'markdown',
    lines = M.lines(),
    mods = options.mods,
  })
end

return M

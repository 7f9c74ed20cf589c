--- What the user chose: `vim.g.cloudc`, a table that may be absent.

local M = {}

---@class cloudc.Options
---@field enable boolean Start the language server for every .cloud buffer.
---@field path string The program. A name is looked for on PATH.
---@field args string[] What to add behind `cloudc lsp`.
---@field treesitter boolean Colour with tree-sitter where its parser is installed.
---@field grammar string? Where the grammar is, for :CloudcInstallParser. By default beside this plugin.
---@field settings table The section `cloudc` of the server's settings.
local defaults = {
  enable = true,
  path = 'cloudc',
  args = {},
  treesitter = true,
  grammar = nil,
  settings = {},
}

---@param name string
function M.get(name)
  local chosen = type(vim.g.cloudc) == 'table' and vim.g.cloudc or {}
  local value = chosen[name]
  if value == nil then
    value = defaults[name]
  end
  return value
end

--- The command that starts the server.
---@return string[]
function M.command()
  local command = { M.get('path'), 'lsp' }
  vim.list_extend(command, M.get('args'))
  return command
end

--- The settings that are sent to the server. An empty table would be sent as a list.
function M.settings()
  return vim.tbl_extend('force', vim.empty_dict(), M.get('settings'))
end

--- The program that is configured now, which `vim.lsp.config` may have replaced; nil when a function connects.
---@return string?
function M.program()
  local config = vim.lsp.config.cloudc
  local command = config and config.cmd
  return type(command) == 'table' and command[1] or nil
end

--- Whether the server can be started. Tells the user once when not.
---@return boolean
function M.check_command()
  local program = M.program()
  if program == nil or vim.fn.executable(program) == 1 then
    return true
  end
  local advice = 'install cloudc, or say where it is: vim.g.cloudc = { path = "/path/to/cloudc" }'
  vim.notify_once(('cloudc: `%s` is not a program on PATH; %s'):format(program, advice), vim.log.levels.WARN)
  return false
end

return M

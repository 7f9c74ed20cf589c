--- What the server does when it is told to.

local clients = require('cloudc.client')

local M = {}

---@param command string
---@param arguments any[]
---@param answered fun(result: any)
local function execute(command, arguments, answered)
  local params = { command = command, arguments = arguments }
  clients.request('workspace/executeCommand', params, vim.api.nvim_get_current_buf(), answered)
end

--- Shows what the command line said.
---@param result { output: string }
local function said(result)
  vim.notify(result.output ~= '' and result.output or 'cloudc: done')
end

--- Builds the stack of the current buffer, as it is on disk after saving.
function M.build()
  if vim.bo.modified and vim.bo.buftype == '' then
    vim.cmd.write()
  end
  execute('cloudc.build', { vim.uri_from_bufnr(0) }, said)
end

--- Checks everything and lists what is wrong in the quickfix list.
function M.check()
  execute('cloudc.check', {}, function(result)
    -- What was found is published as for every edit, also for files that are not open.
    vim.diagnostic.setqflist({ open = false, title = 'cloudc check' })
    if result.errors + result.warnings > 0 then
      vim.cmd('botright copen')
    end
    local text = 'cloudc: %d errors and %d warnings in %d files'
    vim.notify(text:format(result.errors, result.warnings, result.files))
  end)
end

--- Brings AWS's newest types.
function M.sync_schemas()
  execute('cloudc.syncSchemas', {}, said)
end

return M

--- What the server does when it is told to.

local clients = require('cloudc.client')

local M = {}

--- What an answer of the server says, for a message.
---@param result any
---@param otherwise string
---@return string
local function told(result, otherwise)
  if type(result) == 'string' then
    return result
  end
  if type(result) == 'table' and type(result.message) == 'string' then
    return result.message
  end
  return otherwise
end

---@param command string
---@param arguments any[]
---@param answered fun(result: any)
local function execute(command, arguments, answered)
  local params = { command = command, arguments = arguments }
  clients.request('workspace/executeCommand', params, vim.api.nvim_get_current_buf(), answered)
end

--- Builds the stack of the current buffer, as it is on disk after saving.
function M.build()
  if vim.bo.modified and vim.bo.buftype == '' then
    vim.cmd.write()
  end
  execute('cloudc.build', { vim.uri_from_bufnr(0) }, function(result)
    vim.notify('cloudc: ' .. told(result, 'built'))
  end)
end

--- Checks everything and lists what is wrong in the quickfix list.
function M.check()
  execute('cloudc.check', {}, function(result)
    -- What was found is published as for every edit.
    vim.defer_fn(function()
      vim.diagnostic.setqflist({ open = false, title = 'cloudc check' })
      local count = #vim.fn.getqflist()
      if count > 0 then
        vim.cmd.copen()
      end
      vim.notify('cloudc: ' .. told(result, count == 0 and 'nothing wrong' or ('%d findings'):format(count)))
    end, 200)
  end)
end

--- Brings AWS's newest types.
function M.sync_schemas()
  execute('cloudc.syncSchemas', {}, function(result)
    vim.notify('cloudc: ' .. told(result, 'the resource types are up to date'))
  end)
end

return M

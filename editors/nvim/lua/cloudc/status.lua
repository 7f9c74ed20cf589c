--- What the server says about itself.

local M = {}

---@class cloudc.Status
---@field state "ready"|"busy"|"error"
---@field message string?

---@type table<integer, cloudc.Status>
local by_client = {}

--- Notes what a server said.
---@param client_id integer
---@param status cloudc.Status
function M.set(client_id, status)
  by_client[client_id] = status
  vim.api.nvim_exec_autocmds('User', { pattern = 'CloudcStatus', data = { client_id = client_id, status = status } })
  vim.cmd.redrawstatus({ bang = true })
end

--- What a server said last; nil before it said anything.
---@param client_id integer
---@return cloudc.Status?
function M.of(client_id)
  return by_client[client_id]
end

--- A few characters for a status line: empty when all is well or nothing runs.
---@return string
function M.line()
  local client = vim.lsp.get_clients({ name = 'cloudc', bufnr = 0 })[1]
  local status = client and by_client[client.id]
  if not status or status.state == 'ready' then
    return ''
  end
  return status.message and ('cloudc: ' .. status.message) or ('cloudc: ' .. status.state)
end

return M

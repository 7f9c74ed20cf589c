--- A few words for tests that run inside Neovim: named steps, waiting, comparing, and an end with an exit code.

local M = { repository = assert(vim.env.CLOUDC_REPOSITORY) }

--- Messages that were shown, oldest first.
M.messages = {}

vim.notify = function(text, level)
  table.insert(M.messages, text)
  if level == vim.log.levels.ERROR then
    io.stdout:write('  message: ' .. text .. '\n')
  end
end
vim.notify_once = vim.notify

--- Milliseconds until something that should be there is missing.
local PATIENCE = tonumber(vim.env.CLOUDC_PATIENCE) or 20000

local failed = 0

--- Runs a step and tells how it went. A step that fails does not stop the others.
---@param name string
---@param step fun()
function M.step(name, step)
  local start = vim.uv.hrtime()
  local ok, problem = xpcall(step, debug.traceback)
  local took = (vim.uv.hrtime() - start) / 1e6
  io.stdout:write(('%s %s (%.0f ms)\n'):format(ok and 'ok  ' or 'FAIL', name, took))
  if not ok then
    failed = failed + 1
    io.stdout:write(tostring(problem) .. '\n')
    M.press('<Esc><Esc>')
  end
  io.stdout:flush()
end

--- Waits until something is there, and returns it. Neovim goes on meanwhile: it reads keys, draws, hears the server.
---@generic T
---@param what string
---@param look fun(): T?
---@param patience integer? Milliseconds.
---@return T
function M.wait(what, look, patience)
  local waiting = assert(coroutine.running())
  local timer = assert(vim.uv.new_timer())
  local last = vim.uv.now() + (patience or PATIENCE)
  local done = false
  local outcome
  timer:start(0, 10, function()
    vim.schedule(function()
      if done then
        return
      end
      local ok, found = pcall(look)
      if ok and not found and vim.uv.now() < last then
        return
      end
      done = true
      timer:stop()
      timer:close()
      outcome = { ok, found }
      coroutine.resume(waiting)
    end)
  end)
  coroutine.yield()
  if not outcome[1] then
    error(outcome[2], 2)
  elseif not outcome[2] then
    error('waited in vain for ' .. what, 2)
  end
  return outcome[2]
end

--- Fails unless both are the same.
function M.same(found, expected, what)
  if type(found) == 'string' and type(expected) == 'string' and found ~= expected and expected:find('\n') then
    error(('%s:\n%s'):format(what or 'not the same', vim.diff(expected, found)), 2)
  end
  if not vim.deep_equal(found, expected) then
    local text = ('%s:\nexpected %s\nfound    %s'):format(what or 'not the same', vim.inspect(expected), vim.inspect(found))
    error(text, 2)
  end
end

--- Fails unless a text holds another.
function M.holds(text, part, what)
  if type(text) ~= 'string' or not text:find(part, 1, true) then
    error(('%s: no `%s` in:\n%s'):format(what or 'text', part, tostring(text)), 2)
  end
end

--- Fails unless something is true.
function M.yes(it, what)
  if not it then
    error(what, 2)
  end
end

--- The text of a buffer.
---@param bufnr integer?
function M.text(bufnr)
  return table.concat(vim.api.nvim_buf_get_lines(bufnr or 0, 0, -1, false), '\n') .. '\n'
end

--- Line and column (both from 0) of the n-th place where a text stands in a buffer.
---@param bufnr integer
---@param part string
---@param nth integer?
function M.place(bufnr, part, nth)
  local left = nth or 1
  for row, line in ipairs(vim.api.nvim_buf_get_lines(bufnr, 0, -1, false)) do
    local from = 1
    while true do
      local at = line:find(part, from, true)
      if not at then
        break
      end
      left = left - 1
      if left == 0 then
        return row - 1, at - 1
      end
      from = at + 1
    end
  end
  error(('`%s` is not in the buffer'):format(part), 2)
end

--- Puts the cursor on the n-th place where a text stands, or behind it.
---@param part string
---@param options { nth: integer?, behind: boolean? }?
function M.cursor(part, options)
  options = options or {}
  local row, col = M.place(0, part, options.nth)
  vim.api.nvim_win_set_cursor(0, { row + 1, col + (options.behind and #part or 0) })
end

--- Does what keys do, at once.
---@param keys string
function M.type(keys)
  local codes = vim.api.nvim_replace_termcodes(keys, true, true, true)
  vim.api.nvim_feedkeys(codes, 'xt', false)
end

--- Types keys as a person would: they arrive one after the other, and the mode they lead to stays.
---@param keys string
function M.press(keys)
  vim.api.nvim_input(keys)
  M.pause(30)
end

--- Lets Neovim go on for a while.
---@param milliseconds integer
function M.pause(milliseconds)
  local start = vim.uv.now()
  M.wait('nothing', function()
    return vim.uv.now() - start >= milliseconds
  end)
end

--- Ends Neovim with the outcome of all steps.
function M.finish()
  if failed > 0 then
    io.stdout:write(failed .. ' steps failed\n')
    vim.cmd('cquit 1')
  end
  vim.cmd('qall!')
end

--- Runs a file of steps; an error outside a step fails as well.
---@param body fun()
function M.run(body)
  vim.schedule(coroutine.wrap(function()
    M.step('everything outside the steps', body)
    M.finish()
  end))
end

return M

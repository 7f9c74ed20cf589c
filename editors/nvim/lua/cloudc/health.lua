--- `:checkhealth cloudc`.

local M = {}

local health = vim.health

local function check_program()
  health.start('cloudc: program')
  local config = require('cloudc.config')
  local program = config.program()
  if not program then
    health.info('a function of yours connects to the server')
    return
  end
  if vim.fn.executable(program) == 0 then
    health.error(('`%s` is not a program on PATH'):format(program), {
      'Install cloudc, or say where it is: vim.g.cloudc = { path = "/path/to/cloudc" }',
    })
    return
  end
  local outcome = vim.system({ program, '--version' }, { text = true }):wait(5000)
  if outcome.code == 0 then
    health.ok(('%s: %s'):format(vim.fn.exepath(program), vim.trim(outcome.stdout)))
  else
    health.error(('`%s --version` ended with %d: %s'):format(program, outcome.code, vim.trim(outcome.stderr or '')))
  end
  local lsp = vim.system({ program, 'lsp', '--help' }, { text = true }):wait(5000)
  if lsp.code ~= 0 then
    health.error('this version of cloudc has no language server', { 'Install a newer one' })
  end
end

local function check_server()
  health.start('cloudc: language server')
  if not vim.lsp.is_enabled('cloudc') then
    health.warn('not enabled', { "Remove `enable = false` from vim.g.cloudc, or call vim.lsp.enable('cloudc')" })
  end
  local clients = vim.lsp.get_clients({ name = 'cloudc' })
  if #clients == 0 then
    health.info('not running: it starts with the first .cloud file')
  end
  for _, client in ipairs(clients) do
    local status = require('cloudc.status').of(client.id)
    local buffers = vim.tbl_count(client.attached_buffers)
    local text = ('server %d at %s, %d buffers'):format(client.id, client.root_dir or '(no root)', buffers)
    if status and status.state == 'error' then
      health.error(('%s: %s'):format(text, status.message or 'error'), { ':CloudcLog shows more' })
    else
      health.ok(text)
    end
  end
end

local function check_treesitter()
  health.start('cloudc: tree-sitter')
  if not require('cloudc.treesitter').available() then
    health.warn('the parser is not installed; colours are simpler without it', { 'Run :CloudcInstallParser' })
    return
  end
  health.ok('the parser is installed')
  for _, name in ipairs({ 'highlights', 'folds', 'indents', 'injections', 'locals' }) do
    local fits, problem = pcall(vim.treesitter.query.get, 'cloud', name)
    if not fits then
      health.error(('the query %s does not fit the parser: %s'):format(name, problem), {
        'The parser is older than the plugin: run :CloudcInstallParser again and restart Neovim',
      })
      return
    end
  end
  health.ok('its queries fit')
end

function M.check()
  health.start('cloudc: Neovim')
  if vim.fn.has('nvim-0.11') == 1 then
    local version = vim.version()
    health.ok(('%d.%d.%d'):format(version.major, version.minor, version.patch))
  else
    health.error('Neovim 0.11 or newer is needed')
    return
  end
  check_program()
  check_server()
  check_treesitter()
end

return M

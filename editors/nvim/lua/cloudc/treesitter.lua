--- Colours, folds and motions by the tree: the parser, and the queries in `queries/cloud`.

local M = {}

--- Whether the parser is installed.
---@return boolean
function M.available()
  return (vim.treesitter.language.add('cloud')) == true
end

--- Colours a buffer by its tree, where the parser is installed and the user wants it.
---@param bufnr integer
function M.start(bufnr)
  if require('cloudc.config').get('treesitter') and M.available() then
    vim.treesitter.start(bufnr, 'cloud')
  end
end

--- The folder of the grammar: beside this plugin in the repository.
---@return string
local function grammar()
  local chosen = require('cloudc.config').get('grammar')
  if chosen then
    return vim.fs.normalize(chosen)
  end
  local here = debug.getinfo(1, 'S').source:sub(2)
  return vim.fs.normalize(vim.fs.joinpath(vim.fs.dirname(here), '../../../tree-sitter'))
end

--- Where the parser goes; `stdpath('data')/site` is always looked through.
---@return string
function M.target()
  return vim.fs.joinpath(vim.fn.stdpath('data') --[[@as string]], 'site', 'parser', 'cloud.so')
end

--- A C compiler.
---@return string?
local function compiler()
  return vim.iter({ vim.env.CC or 'cc', 'gcc', 'clang' }):find(function(name)
    return vim.fn.executable(name) == 1
  end)
end

--- Compiles the parser, and uses it in the buffers that are open. Returns whether it worked.
---@return boolean
function M.install()
  local source = vim.fs.joinpath(grammar(), 'src')
  if not vim.uv.fs_stat(vim.fs.joinpath(source, 'parser.c')) then
    vim.notify(('cloudc: no grammar at %s; set vim.g.cloudc.grammar'):format(source), vim.log.levels.ERROR)
    return false
  end
  local cc = compiler()
  if not cc then
    vim.notify('cloudc: a C compiler is needed for the tree-sitter parser (cc, gcc or clang)', vim.log.levels.ERROR)
    return false
  end
  local target = M.target()
  vim.fn.mkdir(vim.fs.dirname(target), 'p')
  -- Written beside and moved: a parser that is in use must not change under its users.
  local made = target .. '.new'
  local command = { cc, '-O2', '-std=c11', '-shared', '-fPIC', '-I', source, '-o', made }
  vim.list_extend(command, { vim.fs.joinpath(source, 'parser.c'), vim.fs.joinpath(source, 'scanner.c') })
  local outcome = vim.system(command, { text = true }):wait()
  local moved = outcome.code == 0 and vim.uv.fs_rename(made, target)
  if not moved then
    vim.notify('cloudc: the parser does not compile: ' .. (outcome.stderr or ''), vim.log.levels.ERROR)
    return false
  end
  -- The folder may be new, and Neovim remembers which folders there are.
  vim.treesitter.language.add('cloud', { path = target })
  for _, bufnr in ipairs(vim.api.nvim_list_bufs()) do
    if vim.api.nvim_buf_is_loaded(bufnr) and vim.bo[bufnr].filetype == 'cloud' then
      M.start(bufnr)
    end
  end
  vim.notify('cloudc: the tree-sitter parser is at ' .. target)
  return true
end

return M

-- Neovim with nothing but the plugin, for the tests. CLOUDC_REPOSITORY says where it is, CLOUDC_BINARY what to run.

local repository = assert(vim.env.CLOUDC_REPOSITORY)

vim.opt.runtimepath:prepend(repository .. '/editors/nvim')
package.path = repository .. '/tests/editors/nvim/?.lua;' .. package.path
vim.opt.swapfile = false
vim.opt.shadafile = 'NONE'
vim.opt.hidden = true
vim.opt.columns = 160
vim.opt.lines = 60
vim.g.cloudc = {
  enable = vim.env.CLOUDC_BINARY ~= nil,
  path = vim.env.CLOUDC_BINARY,
  grammar = repository .. '/editors/tree-sitter',
}

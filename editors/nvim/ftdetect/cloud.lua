vim.filetype.add({ extension = { cloud = 'cloud' } })

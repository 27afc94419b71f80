autocmd BufNewFile,BufRead *.zxp setfiletype zxp

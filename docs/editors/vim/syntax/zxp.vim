" Vim syntax file: the language of zxpager (zxpager-language(5))
if exists('b:current_syntax')
  finish
endif

syntax iskeyword @,48-57,_,-
syntax keyword zxpCommand create anon clone map unmap protect close read write fault supply fail dirty writeback
syntax keyword zxpCommand detach resize ranges stats commit decommit zero prefetch always-need dont-need lock
syntax keyword zxpCommand try-lock unlock pin unpin evict reclaim age next take expect wait suspend resume kill
syntax keyword zxpCommand profile show objects threads requests tree timeline choices why random until break check
syntax keyword zxpCommand undo redo save load reset record share export lesson goto back history branch switch branches
syntax keyword zxpCommand diff reach run verify lint explore advance set help explain hint quit
syntax keyword zxpCommand quiz answer
syntax keyword zxpKeyword let for in def end case with skip source as
syntax keyword zxpKeyword service task else disk barrier copy reserve release stop damaged space excess
syntax keyword zxpOutcome blocked any none killed READ DIRTY COMPLETE USER SIGNAL
syntax keyword zxpOption resizable trap-dirty unbounded discardable snapshot at-least-on-write modified slice reference
syntax keyword zxpOption no-write map-range no-allow-faults ignore-hints begin rw rx rwx pager port pages packets done head
syntax keyword zxpOption on off html svg json mmd zxp each agree profiles exact live never within result
syntax match zxpOption /\<\(key\|pager\|port\|byte\|from\|seed\|pages\|depth\|states\|workers\|shard\|to\|page\)\ze=/
syntax match zxpOption /\<\(readers\|writers\|evictions\|failures\|runs\)\ze=/
syntax match zxpConstant /\<ZX_\w\+\>/
syntax match zxpCall /\<zx_\w\+\>/
syntax match zxpNumber /\<\(0x\x\+\|\d\+\)[pkmgt]\?\>/
syntax match zxpThread /^\s*\h\w*\ze:/
syntax match zxpArrow /=>/
syntax match zxpReplaced /\$\(\h\w*\|{\h\w*}\)/
syntax match zxpComment /#.*$/ contains=@Spell
syntax region zxpString start=/"/ skip=/\\./ end=/"/ oneline contains=zxpReplaced

highlight default link zxpCommand Statement
highlight default link zxpKeyword Keyword
highlight default link zxpOutcome Special
highlight default link zxpOption Type
highlight default link zxpConstant Constant
highlight default link zxpCall Function
highlight default link zxpNumber Number
highlight default link zxpThread Label
highlight default link zxpArrow Operator
highlight default link zxpReplaced PreProc
highlight default link zxpComment Comment
highlight default link zxpString String

let b:current_syntax = 'zxp'

/*
 * selftest_cases.c - worked examples of the chapters. The name says chapter, section and example.
 */
#include <stddef.h>

#include "selftest.h"

#define HEAD(name, script)                                                                                             \
    { name, "head", script }

const selftest_case selftest_cases[] = {
    /* ---- index, section 4 ---- */
    HEAD("0 4.1 failing a part may reach nobody",
         "create v 4; t1: read v 0 4 => blocked; next => READ v 0 4\n"
         "fail v 1 1; blocked t1; supply v 0 1; supply v 2 2; blocked t1; next => READ v 1 1"),
    HEAD("0 4.2 supplying the wanted page need not wake",
         "create v 4; t1: commit v 0 4 => blocked; t2: read v 1 => blocked; supply v 1; blocked t2\n"
         "supply v 0; blocked t1 t2; supply v 2 2; wait t2 => OK; wait t1 => OK"),
    HEAD("0 4.3 COMMIT asks for DIRTY",
         "create v 0 resizable trap-dirty; resize v 2; pages v \"ZZ\"; t1: commit v 0 2 => blocked\n"
         "next => DIRTY v 0 2; dirty v 0 2; wait t1 => OK; pages v \"DD\""),
    HEAD("0 4.4 zeroing never asks",
         "create v 3 trap-dirty; supply v 0; anon e 1; supply v 1 1 from=e; pages v \"CM.\"\n"
         "zero v 0 3 => OK; next => none; pages v \"ZMZ\"; ranges v 0+1z 2+1z"),
    HEAD("0 4.5 zeros written back become absent",
         "create v 0 resizable; resize v 4; begin v 0 4 zero; end v 0 4; pages v \"....\"\n"
         "t1: read v 0 => blocked; next => READ v 0 1"),
    HEAD("0 4.6 a writeback inside a zero interval",
         "create v 0 resizable; resize v 4; begin v 2 2 zero => OK; end v 2 2 => OK; pages v \"ZZZZ\"; ranges v 0+4z"),
    HEAD("0 4.7 detach drops clean pages",
         "create v 1; supply v 0; detach v; read v 0 => BAD_STATE; next => COMPLETE v; pages v \".\""),
    HEAD("0 4.7 closing the pager keeps them",
         "create w 1; supply w 0; close pager; read w 0 => OK; pages w \"C\"; next => none"),
    HEAD("0 4.8 a supply that fails has emptied aux", "create v 2; anon x 3; write x 0 3 byte=Q; detach v; supply v 0 "
                                                      "1 from=x => BAD_STATE; supply v 9 0 from=x => OK\n"
                                                      "read x 0 3 => OK pages=.QQ"),
    HEAD(
        "0 4.9 shrinking loses dirty data",
        "create v 2 resizable; supply v 0 2; write v 1 byte=X; pages v \"CD\"; resize v 1; resize v 2; pages v \"CZ\"\n"
        "supply v 1 => OK; next => none; read v 1 => OK pages=.; pages v \"CZ\""),
    HEAD("0 4.10 a write through a clone",
         "create v 1 trap-dirty; clone c v alow 0 1; t1: write c 0 => blocked; next => READ v 0 1; supply v 0\n"
         "wait t1 => OK; next => none; pages v \"C\"; pages c \"P\""),

    /* ---- chapter 2 ---- */
    HEAD("2 5.3 a detached VMO",
         "create v 4; supply v 0; supply v 1; write v 1; anon e 1; supply v 2 1 from=e; pages v \"CDM.\"\n"
         "t: read v 3 => blocked; detach v; wait t => BAD_STATE; next => COMPLETE v; pages v \".D..\"\n"
         "begin v 0 4; end v 0 4; pages v \".C..\"; read v 1 => OK; detach v; next => none; read v 1 => BAD_STATE"),
    HEAD("2 6.5 #1 #12 #13",
         "create v 4; t: read v 0 4 => blocked; supply v 2 2; blocked t; supply v 0 2; wait t => OK pages=ABCD; next "
         "=> none\n"
         "create w 4; u: read w 0 4 => blocked; supply w 0 1; blocked u; supply w 1 3; wait u => OK"),
    HEAD("2 6.5 #2 #3",
         "create v 4; supply v 1 2 byte=y; write v 2 byte=z; pages v \".CD.\"; supply v 0 4; pages v \"CCDC\"\n"
         "read v 0 4 => OK pages=AyzD\n"
         "create w 4; anon a 4; write a 0 byte=a; write a 3 byte=d; supply w 0 4 from=a; pages w \"CMMC\"\n"
         "read w 0 4 => OK pages=a..d; pages a \"....\""),
    HEAD("2 6.5 #4 #5 #6 #7",
         "create v 4; anon a 4; write a 0 4 byte=a; supply v 1 4 from=a => OUT_OF_RANGE; read a 0 4 => OK pages=....\n"
         "write a 0 4 byte=a; pin a 2 1; supply v 0 4 from=a => BAD_STATE; read a 0 4 => OK pages=aaaa\n"
         "supply v 0 2 from=a => OK; read a 0 4 => OK pages=..aa; pages v \"CC..\""),
    HEAD("2 6.5 #10 #11",
         "create v 2; supply v 0 1 from=v => NOT_SUPPORTED; clone s v slice 0 2; supply v 0 1 from=s => NOT_SUPPORTED"),
    HEAD("2 6.5 #14 a writer sleeps until all is there",
         "create v 4; t: write v 0 4 => blocked; supply v 0; blocked t; supply v 1 3; wait t => OK"),
    HEAD("2 7.2 #3 the error is lost",
         "create v 4; t: read v 0 4 => blocked; next => READ v 0 4; fail v 1 1; blocked t; supply v 0; blocked t\n"
         "supply v 2 2; next => READ v 1 1; fail v 1 1 IO; wait t => IO"),
    HEAD("2 7.2 #4 the error sticks",
         "create v 2; t: write v 0 2 => blocked; fail v 0 1; blocked t; supply v 1; wait t => IO; pages v \".C\""),
    HEAD("2 7.2 #5b #5c",
         "create v 4; t: read v 0 4 => blocked; next => READ v 0 4; supply v 0 2; fail v 2 2; wait t => IO\n"
         "create w 4; u: read w 0 4 => blocked; next => READ w 0 4; supply w 0 2; fail w 1 3; next => READ w 2 2"),
    HEAD("2 7.2 #6 #7",
         "create v 4; t: read v 0 => blocked; u: read v 3 => blocked; fail v 0 4 NO_SPACE; wait t => NO_SPACE\n"
         "wait u => NO_SPACE; create w 1 trap-dirty; supply w 0; t2: write w 0 => blocked; fail w 0 1 NO_SPACE\n"
         "wait t2 => NO_SPACE; pages w \"C\""),
    HEAD("2 7.2 #8", "create v 4; t1: read v 0 4 => blocked; t2: read v 2 => blocked; next => READ v 0 4; fail v 2 1; "
                     "blocked t1 t2\n"
                     "supply v 0 2; blocked t1 t2; supply v 3 1; wait t2 => IO; next => READ v 2 1"),
    HEAD("2 7.3 OP_DIRTY",
         "create v 4 trap-dirty; supply v 0; supply v 2 2; pages v \"C.CC\"; t: write v 0 => blocked; next => DIRTY v "
         "0 1\n"
         "dirty v 0 2 => NOT_FOUND; next => DIRTY v 0 1; pages v \"C.CC\"; u: write v 3 => blocked; next => DIRTY v 3 "
         "1\n"
         "dirty v 3 2 => OUT_OF_RANGE; next => DIRTY v 3 1; dirty v 5 1 => OUT_OF_RANGE; next => none\n"
         "dirty v 0 1 => OK; wait t => OK; create p 1; dirty p 0 => NOT_SUPPORTED; detach v; dirty v 2 => BAD_STATE"),
    HEAD("2 7.3 #5",
         "create v 2 resizable trap-dirty; anon e 1; supply v 0 1 from=e; supply v 1; t: write v 1 => blocked; dirty v "
         "1\n"
         "begin v 1; resize v 4; pages v \"MWZZ\"; dirty v 0 3 => OK; pages v \"DDDZ\"; read v 0 1 => OK pages=."),
    HEAD("2 7.5 #6 with an interval of its own", "create v 4 resizable; supply v 0 4; resize v 10; pages v "
                                                 "\"CCCCZZZZZZ\"; begin v 4 6 zero; write v 7; end v 4 6\n"
                                                 "pages v \"CCCC...D..\""),
    HEAD("2 7.5 #9",
         "create v 4 resizable; supply v 0 4; resize v 10; begin v 4 3 zero; end v 4 3; pages v \"CCCC...ZZZ\""),
    HEAD("2 7.5 #10",
         "create v 4 resizable; supply v 0 4; resize v 10; begin v 4 3 zero; end v 4 2; pages v \"CCCC..YZZZ\""),
    HEAD("2 7.5 #11 #12",
         "create v 4 resizable; supply v 0 4; resize v 10; begin v 6 4 zero; end v 6 4; pages v \"CCCCZZZZZZ\"\n"
         "begin v 4 6 zero; end v 6 4; pages v \"CCCCYYYYYY\""),
    HEAD("2 8.2 the report",
         "create v 7 resizable trap-dirty; supply v 0 3; zero v 3 3; supply v 6; dirty v 0 3; begin v 2; dirty v 6\n"
         "resize v 7; pages v \"DDWZZZD\"; ranges v 0+3 3+3z 6+1"),
    HEAD("2 9 modified",
         "create v 2 resizable; stats v => OK value=0; supply v 0 2; stats v => OK value=0; write v 0; stats v reset "
         "=> OK value=1\n"
         "stats v => OK value=0; zero v 1; stats v reset => OK value=1; resize v 2; stats v reset => OK value=1\n"
         "pin v 0 1; stats v reset => OK value=1; pin v 0 1 read; begin v 0 2; end v 0 2; stats v => OK value=0"),
    HEAD("2 10 VMO, then pager", "create v 1; close v; next => COMPLETE v; close pager"),
    HEAD("2 10 VMO, pager: COMPLETE withdrawn", "create v 1; close v; close pager; next => none"),

    /* ---- chapter 3 ---- */
    HEAD("3 Ex 1 4a", "create v 0 resizable; resize v 10; begin v 0 10 zero; write v 3; ranges v 0+3z 3+1 4+6z\n"
                      "end v 0 10; pages v \"...D......\""),
    HEAD("3 Ex 1 4b",
         "create v 0 resizable; resize v 10; begin v 0 10 zero; write v 3; end v 4 6; pages v \"YYYDZZZZZZ\""),
    HEAD("3 Ex 2", "create v 0 resizable; resize v 10; begin v 0 10; write v 0; end v 0 10; pages v \"D.........\""),
    HEAD("3 Ex 3", "create v 0 resizable; resize v 10; begin v 0 10; end v 0 5; pages v \".....YYYYY\"; end v 5 5\n"
                   "pages v \"..........\""),
    HEAD("3 Ex 4", "create v 0 resizable; resize v 10; begin v 0 5; end v 0 10; pages v \".....ZZZZZ\""),
    HEAD("3 Ex 6",
         "create v 0 resizable; resize v 2; begin v 0 2; resize v 4; pages v \"YYZZ\"; end v 0 4; pages v \"..ZZ\""),
    HEAD("3 Ex 7", "create v 0 resizable; resize v 10; begin v 0 10; resize v 5; resize v 8; pages v \"YYYYYYYY\"\n"
                   "end v 0 10 => OUT_OF_RANGE; end v 0 8; pages v \"........\""),
    HEAD("3 Ex 8", "create v 6; supply v 5; write v 5; begin v 5; zero v 5; end v 5; pages v \".....Z\""),
    HEAD("3 Ex 9",
         "create v 3 resizable; supply v 0 3; resize v 10; write v 3; begin v 4 6 zero; pages v \"CCCDYYYYYY\"\n"
         "zero v 3; pages v \"CCCZZZZZZZ\"; end v 3 7; pages v \"CCCZZZZZZZ\""),
    HEAD("3 Ex 10",
         "create v 0 resizable; resize v 10; write v 7; begin v 0 10 zero; end v 0 10; pages v \".......D..\""),
    HEAD("3 Ex 11",
         "create v 0 resizable trap-dirty; resize v 10; begin v 0 10; t: write v 3 => blocked; next => DIRTY v 3 1\n"
         "end v 0 10; pages v \"..........\"; dirty v 3 => NOT_FOUND; next => READ v 3 1; supply v 3; next => DIRTY v "
         "3 1\n"
         "dirty v 3; wait t => OK; pages v \"...D......\""),
    HEAD("3 6.1 set_size 5000 of C C on TRAP",
         "create v 2 resizable trap-dirty; supply v 0 2; t: setsize v 5000 => blocked; next => DIRTY v 1 1; dirty v 1\n"
         "wait t => OK; pages v \"CD\"; readb v 5000 3192 => OK pages=."),
    HEAD("3 6.1 a failing tail is ignored", "create v 2 resizable trap-dirty; supply v 0 2; t: setsize v 5000 => "
                                            "blocked; fail v 1; wait t => OK; pages v \"CC\"\n"
                                            "readb v 5000 100 => OK pages=B"),
    HEAD("3 6.1 nothing to zero",
         "create v 1 resizable trap-dirty; supply v 0; setsize v 5000 => OK; pages v \"CZ\"; next => none"),
    HEAD("3 6.3 answers after a shrink",
         "create v 8 resizable; t: commit v 2 6 => blocked; next => READ v 2 6; resize v 4; anon a 6; write a 0 6\n"
         "supply v 2 6 from=a => OUT_OF_RANGE; read a 0 6 => OK pages=......; fail v 2 6 => OUT_OF_RANGE; blocked t\n"
         "supply v 2 2 => OK; wait t => OK"),
    HEAD(
        "3 7.2 TRAP",
        "create v 4 resizable trap-dirty; supply v 0; supply v 2; t: write v 2 => blocked; dirty v 2; resize v 3; "
        "resize v 4\n"
        "pages v \"C.DZ\"; t2: write v 0 4 => blocked; next => DIRTY v 0 1; dirty v 0; next => READ v 1 1; supply v 1\n"
        "next => DIRTY v 1 1; dirty v 1; next => DIRTY v 3 1; dirty v 3; wait t2 => OK; pages v \"DDDD\""),
    HEAD("3 7.2 plain",
         "create v 4 resizable; supply v 0; supply v 2; write v 2; resize v 3; resize v 4; pages v \"C.DZ\"\n"
         "t2: write v 0 4 => blocked; next => READ v 1 1; supply v 1; wait t2 => OK; pages v \"DDDD\"; next => none"),
    HEAD("3 Ex 12",
         "create v 2 resizable; resize v 4; t: read v 0 => blocked; supply v 0 4; wait t => OK; pages v \"CCZZ\"\n"
         "ranges v 2+2z"),
    HEAD("3 Ex 13",
         "create v 8; t: read v 5 => blocked; zero v 5; wait t => OK pages=.; pages v \".....Z..\"; supply v 5\n"
         "pages v \".....Z..\""),
    HEAD("3 9.2",
         "create v 4 trap-dirty; supply v 0 2; t: pin v 0 1 read; anon e 1; supply v 3 1 from=e; pages v \"CC.M\"\n"
         "z: zero v 0 4 => blocked; next => DIRTY v 0 1; dirty v 0; wait z => OK; pages v \"DZZM\"\n"
         "read v 0 4 => OK pages=...."),
    HEAD("3 11 growing and shrinking the stream",
         "create v 3; supply v 0; supply v 2; write v 2; pages v \"C.D\"; stream v 100 => OK; pages v \"DUU\"; ranges "
         "v 0+1\n"
         "stream v 8192 => OK; pages v \"DZU\"; read v 1 2 => OK pages=..; next => none"),
    HEAD("3 Ex 15",
         "create v 1 unbounded; read v 3 => OK pages=.; next => none; t: stream v 100 => blocked; next => READ v 0 1\n"
         "supply v 0 byte=q; wait t => OK; pages v \"DUUUU\" prefix; stream v 10240 => OK; pages v \"DZZUU\" prefix; "
         "write v 4\n"
         "pages v \"DZZUD\" prefix; stream v 2048 => OK; pages v \"DUUUU\" prefix; readb v 0 100 => OK pages=q"),
    HEAD("3 Ex 16",
         "create v 5 trap-dirty; supply v 0 3; dirty v 1 2; begin v 2; zero v 3; pages v \"CDWZ.\"; r: read v 4 => "
         "blocked\n"
         "w: write v 0 => blocked; detach v; wait r => BAD_STATE; wait w => BAD_STATE; pages v \".DWZ.\"; ranges v 1+2 "
         "3+1z\n"
         "begin v 1 3; pages v \".WWY.\"; end v 1 3; pages v \".CC..\"; read v 1 => OK; detach v; pages v \".....\""),
    HEAD("3 Ex 17", "create v 1; supply v 0; write v 0; begin v 0; pages v \"W\"; write v 0; pages v \"D\"; end v 0; "
                    "pages v \"D\"\n"
                    "begin v 0; end v 0; pages v \"C\""),
    HEAD("3 Ex 18", "create v 1 trap-dirty; supply v 0; dirty v 0; begin v 0; t: write v 0 => blocked; next => DIRTY v "
                    "0 1; end v 0\n"
                    "pages v \"C\"; dirty v 0; wait t => OK; pages v \"D\""),
    HEAD("3 Ex 19",
         "create v 1; supply v 0; write v 0; pin v 0 1; begin v 0; pages v \"D\"; end v 0; pages v \"D\"; unpin v 0 1\n"
         "begin v 0; end v 0; pages v \"C\""),
    HEAD("3 Ex 20",
         "create v 1 trap-dirty; supply v 0; t: write v 0 => blocked; next => DIRTY v 0 1; evict v 0 => OK value=1\n"
         "dirty v 0 => NOT_FOUND; next => READ v 0 1; supply v 0; next => DIRTY v 0 1; dirty v 0; wait t => OK"),

    /* ---- chapter 4 section 13 ---- */
    HEAD("4 E1",
         "create v 6; supply v 3; t1: read v 0 6 => blocked; next => READ v 0 3; supply v 0; blocked t1; next => none\n"
         "supply v 1 2; next => READ v 4 2; supply v 4 2; wait t1 => OK pages=ABCDEF"),
    HEAD("4 E2", "create v 4; t1: read v 0 4 => blocked; next => READ v 0 4; supply v 3; blocked t1; supply v 1; "
                 "blocked t1; supply v 0\n"
                 "blocked t1; supply v 2; wait t1 => OK; next => none"),
    HEAD("4 E4", "create v 10; supply v 4; t1: commit v 0 10 => blocked; next => READ v 0 4; supply v 0 2; blocked t1; "
                 "supply v 2 2\n"
                 "next => READ v 5 5; supply v 5 5; wait t1 => OK"),
    HEAD(
        "4 E6",
        "create v 6; t1: commit v 2 2 => blocked; t2: commit v 0 6 => blocked; next => READ v 2 2; next => READ v 0 2\n"
        "supply v 0 2; blocked t2; next => none; supply v 2 2; wait t1 => OK; next => READ v 4 2; supply v 4 2; wait "
        "t2 => OK"),
    HEAD("4 E7", "create v 8; t1: commit v 0 4 => blocked; t2: commit v 2 6 => blocked; t3: commit v 3 3 => blocked\n"
                 "next => READ v 0 4; supply v 0 4; wait t1 => OK; next => READ v 4 4; next => none; supply v 4 4\n"
                 "wait t2 => OK; wait t3 => OK"),
    HEAD("4 E7r",
         "create v 8; t1: read v 0 4 => blocked; t2: read v 2 6 => blocked; t3: read v 3 3 => blocked; next => READ v "
         "0 4\n"
         "supply v 0 3; blocked t1 t2 t3; supply v 3; wait t1 => OK; next => READ v 4 4; supply v 4 2; wait t3 => OK\n"
         "blocked t2; supply v 6 2; wait t2 => OK"),
    HEAD("4 E8", "create v 4; map m v 0 4; t1: commit v 0 4 => blocked; t2: load m 8192 => blocked; next => READ v 0 "
                 "4; supply v 0\n"
                 "kill t1; supply v 2; blocked t2; supply v 1; blocked t2; supply v 3; wait t2 => OK"),
    HEAD("4 E8b", "create v 4; map m v 0 4; t1: commit v 0 4 => blocked; t2: load m 8192 => blocked; kill t1; next => "
                  "READ v 0 4"),
    HEAD("4 E8c",
         "create v 4; t1: commit v 0 4 => blocked; t2: read v 2 2 => blocked; next => READ v 0 4; kill t1; supply v 2\n"
         "blocked t2; supply v 0; blocked t2; supply v 1; blocked t2; supply v 3; wait t2 => OK pages=CD"),
    HEAD("4 E8d", "create v 4; map m v 0 4; t1: commit v 0 4 => blocked; t2: load m 4096 => blocked; t3: load m 12288 "
                  "=> blocked\n"
                  "suspend t1; suspend t3; next => READ v 0 4; resume t3; resume t1; next => none; supply v 0 4\n"
                  "wait t1 => OK; wait t2 => OK; wait t3 => OK"),
    HEAD("4 E9", "create k1 6; create k2 1; a: read k1 0 => blocked; b: read k1 5 => blocked; c: read k1 2 => blocked\n"
                 "d: read k2 0 => blocked; next => READ k1 0 1; next => READ k2 0 1; next => READ k1 5 1; next => READ "
                 "k1 2 1; next => none"),
    HEAD("4 E10",
         "create v 6; a: read v 0 => blocked; b: read v 5 => blocked; c: read v 2 => blocked; supply v 0; supply v 2\n"
         "next => READ v 5 1; supply v 5; next => none"),
    HEAD("4 E11b", "create v 4; t1: commit v 0 4 => blocked; next => READ v 0 4; fail v 2 1; supply v 0 2; supply v 3; "
                   "next => READ v 2 1\n"
                   "fail v 2 1; wait t1 => IO"),
    HEAD("4 E11c", "create v 4; map m v 0 4; t1: read v 0 4 => blocked; t2: load m 8192 => blocked; next => READ v 0 "
                   "4; fail v 0 1\n"
                   "wait t1 => IO; blocked t2; supply v 1 3; wait t2 => OK"),
    HEAD("4 E11g",
         "create v 4; t1: read v 0 4 => blocked; next => READ v 0 4; fail v 1 2; blocked t1; supply v 0; supply v 3\n"
         "next => READ v 1 2"),
    HEAD(
        "4 E12",
        "create v 8 trap-dirty; map m v 0 8; supply v 6; t1: read v 0 4 => blocked; t2: load m 4096 => blocked\n"
        "t3: store m 24576 => blocked; next => READ v 0 4; detach v; wait t1 => BAD_STATE; wait t2 => fault BAD_STATE\n"
        "wait t3 => fault BAD_STATE; next => COMPLETE v; next => none"),
    HEAD("4 E13", "create v 8 trap-dirty; supply v 0 8; t1: write v 0 4 => blocked; t2: write v 2 4 => blocked; next "
                  "=> DIRTY v 0 4\n"
                  "dirty v 0 4; wait t1 => OK; next => DIRTY v 4 2; dirty v 4 2; wait t2 => OK"),
    HEAD("4 E14", "create v 2 trap-dirty; supply v 0; t1: write v 0 2 => blocked; next => DIRTY v 0 1; evict v 0\n"
                  "t2: read v 0 2 => blocked; next => READ v 0 2; supply v 0 2; wait t2 => OK; blocked t1; dirty v 0 "
                  "2; wait t1 => OK"),
    HEAD("4 E15", "create v 4; t1: read v 0 4 => blocked; next => READ v 0 4; supply v 0 2; suspend t1; resume t1; "
                  "next => READ v 2 2"),
    HEAD(
        "4 E16",
        "create v 8 resizable; t1: read v 0 8 => blocked; t2: commit v 5 2 => blocked; next => READ v 0 8; resize v 4\n"
        "blocked t1 t2; supply v 0 4; wait t2 => OK; wait t1 => OUT_OF_RANGE"),
    HEAD("4 E17", "create v 4; t1: commit v 0 4 => blocked; next => READ v 0 4; supply v 0 2; evict v 0 2 => OK "
                  "value=2; supply v 0 2\n"
                  "next => READ v 2 2"),
    HEAD("4 E19", "create v 4; t1: read v 0 4 => blocked; t2: read v 2 2 => blocked; supply v 2; supply v 0; supply v "
                  "1; blocked t1 t2\n"
                  "supply v 3; wait t1 => OK; wait t2 => OK"),
    HEAD("4 E21", "create v 20 trap-dirty; supply v 0 20; t1: write v 0 20 => blocked; next => DIRTY v 0 16; dirty v 0 "
                  "4; blocked t1\n"
                  "fail v 4 12 NO_SPACE; next => DIRTY v 4 16; fail v 4 16 NO_SPACE; wait t1 => NO_SPACE\n"
                  "pages v \"DDDDCCCCCCCCCCCCCCCC\""),
    HEAD("4 E25", "create v 4; t1: commit v 0 4 => blocked; t2: read v 0 2 => blocked; supply v 0 2; blocked t2; "
                  "supply v 2 2; wait t2 => OK"),
    HEAD("4 E26",
         "create v 8 trap-dirty; supply v 0 2; t1: write v 0 => blocked; t2: read v 2 2 => blocked; fail v 0 8\n"
         "wait t1 => IO; wait t2 => IO"),
    HEAD("4 E27 E28",
         "create v 8; a: read v 1 => blocked; b: read v 3 => blocked; next => READ v 1 1; supply v 0 8; next => none\n"
         "create w 4; t1: read w 0 4 => blocked; suspend t1; next => none; resume t1; next => READ w 0 4"),
    HEAD("4 E29",
         "create v 8; map m v 0 8; t1: load m 16384 => blocked; t2: read v 2 6 => blocked; t3: read v 0 8 => blocked\n"
         "next => READ v 4 1; next => READ v 2 2; next => READ v 0 2; supply v 4; wait t1 => OK; supply v 2 2\n"
         "next => READ v 5 3; supply v 0 2; blocked t3; supply v 5 3; wait t2 => OK; wait t3 => OK"),
    HEAD("4 3.7 ALWAYS_NEED and a pager that fails",
         "create v 4; t: always-need v 0 4 => blocked; next => READ v 0 4; fail v 0 4; next => READ v 1 3; fail v 1 3\n"
         "next => READ v 2 2; supply v 2; blocked t; next => none; supply v 3; wait t => OK; pages v \"..CC\""),

    /* ---- chapter 5 ---- */
    HEAD(
        "5 3c",
        "create v 20 trap-dirty; t: write v 0 20 => blocked; next => READ v 0 16; supply v 0 16; next => DIRTY v 0 16\n"
        "dirty v 0 16; next => READ v 16 4; supply v 16 4; next => DIRTY v 16 4; fail v 16 4 NO_SPACE; wait t => "
        "NO_SPACE"),
    HEAD("5 6.1",
         "create v 5 trap-dirty resizable; supply v 0; anon e 1; supply v 2 1 from=e; zero v 3; pages v \"C.MZ.\"\n"
         "t: commit v 0 5 => blocked; next => READ v 1 1; supply v 1; next => DIRTY v 3 1; pages v \"CCCZ.\"; dirty v "
         "3\n"
         "next => READ v 4 1; fail v 4 1 IO_DATA_INTEGRITY; wait t => IO_DATA_INTEGRITY; pages v \"CCCD.\""),
    HEAD("5 6.4",
         "anon a 2; write a 0 2 byte=x; zerob a 0 8193 => OUT_OF_RANGE; read a 0 2 => OK pages=..; write a 0 2 byte=x\n"
         "zerob a 100 12288 => OUT_OF_RANGE; read a 0 2 => OK pages=?x; zerob a 9999999 0 => OK"),
    HEAD("5 7", "create v 2; t: always-need v 0 2 => blocked; supply v 0 2; wait t => OK; dont-need v 0 2 => OK\n"
                "reclaim 2 => OK value=0; evict v 0 2 ignore-hints => OK value=2; info v committed_change_events 2\n"
                "p: prefetch v 0 2 => blocked; fail v 0 2; wait p => IO"),
    HEAD("5 9", "anon d 2 discardable; write d 0; unlock d 0 2 => BAD_STATE; lock d 0 1 => OUT_OF_RANGE; try-lock d 0 "
                "2 => OK; lock d 0 2 => OK\n"
                "reclaim 9 => OK value=0; unlock d 0 2 => OK; unlock d 0 2 => OK; reclaim 1 => OK value=1; read d 0 => "
                "NOT_FOUND\n"
                "try-lock d 0 2 => UNAVAILABLE; lock d 0 2 => OK; read d 0 => OK pages=."),
    HEAD("5 12",
         "anon x 4; write x 0 byte=a; write x 2 byte=c; anon y 4; write y 0 4 byte=w; transfer y 0 3 x 0 => OK; read y "
         "0 4 => OK pages=a.cw\n"
         "transfer y 1 2 y 0 => OK; read y 0 4 => OK pages=.a.w; transfer y 0 2 y 0 => OK; anon z 2; write z 0 2\n"
         "transfer y 3 2 z 0 => OUT_OF_RANGE; read z 0 2 => OK pages=.."),

    /* ---- chapter 6 ---- */
    HEAD("6 Ex 1", "create r 4; clone k r alow 1 4; t: read k 0 => blocked; next => READ r 1 1; supply r 1 byte=a; "
                   "wait t => OK pages=a\n"
                   "write r 1 byte=b; read k 0 => OK pages=b; write k 0 byte=c; write r 1 byte=d; read k 0 => OK "
                   "pages=c; read k 3 => OK pages=."),
    HEAD("6 Ex 2", "create r 4 resizable; supply r 0 4 byte=r; clone k r alow 0 4 resizable; write k 3 byte=c; resize "
                   "r 2; read k 0 4 => OK pages=rr.c\n"
                   "resize r 4; write r 2 byte=n; read k 0 4 => OK pages=rr.c; resize k 1; resize k 4; read k 0 4 => "
                   "OK pages=r..."),
    HEAD("6 Ex 4", "create r 2; supply r 0 2 byte=r; clone k r alow 0 2; clone l k alow 0 2; write k 0 byte=1; read l "
                   "0 2 => OK pages=rr\n"
                   "clone m k modified 0 2 => OK"),
    HEAD("6 Ex 5", "create r 2; supply r 0 2 byte=r; clone k r alow 0 2 resizable; write k 1 byte=x; clone l k alow 0 "
                   "2; read l 0 2 => OK pages=rx\n"
                   "write k 0 byte=1; write k 1 byte=2; read l 0 2 => OK pages=12; write l 0 byte=c; resize k 0; read "
                   "l 0 2 => OK pages=c.\n"
                   "clone m k modified 0 2 => NOT_SUPPORTED; clone n l modified 0 2 => NOT_SUPPORTED"),
    HEAD("6 Ex 6", "create r 3; supply r 0 3 byte=r; clone k r alow 0 3; write k 0 byte=a; clone m k modified 0 3; "
                   "write k 0 byte=b\n"
                   "read m 0 3 => OK pages=arr; write m 1 byte=m; read k 0 3 => OK pages=brr; write r 2 byte=z; read m "
                   "0 3 => OK pages=amz\n"
                   "clone d k alow 0 3; write k 0 byte=x; read d 0 3 => OK pages=brz; close m; close d; clone e k alow "
                   "0 3; write k 0 byte=c\n"
                   "read e 0 3 => OK pages=crz"),
    HEAD("6 Ex 7", "create r 8; supply r 2; clone k r alow 1 6; t0: write k 3 => blocked; next => READ r 4 1; supply r "
                   "4; evict r 4 => OK value=1\n"
                   "t: read k 0 6 => blocked; next => READ r 1 1; supply r 1; next => READ r 3 1; supply r 3; next => "
                   "READ r 5 2; supply r 5 2\n"
                   "wait t => OK pages=BCDwFG"),
    HEAD("6 Ex 12", "create r 2; clone k r alow 0 2; clone l k alow 0 2; clone s k slice 0 1; info r num_children 1; "
                    "close k; info r num_children 2\n"
                    "close s; info r num_children 1; close l; info r num_children 0; next => none"),
    HEAD("6 Ex 13", "create r 2; clone k r alow 0 2; close r; next => none; t: read k 0 => blocked; next => READ r 0 "
                    "1; close pager\n"
                    "wait t => BAD_STATE"),
    HEAD("6 Ex 14",
         "anon v 2; write v 0 2; clone k v snapshot 0 2; info v committed_private_bytes 0; info k "
         "committed_scaled_bytes 4096\n"
         "clone d k snapshot 0 1; info d committed_scaled_bytes 1365; info v committed_scaled_bytes 3413; write k 0\n"
         "info k committed_scaled_bytes 6144; info v committed_scaled_bytes 4096; close d; info v "
         "committed_private_bytes 4096"),
    HEAD("6 Ex 15", "create r 2; supply r 0 2; clone k r alow 0 2; write k 0; info k committed_bytes 4096; zero k 0; "
                    "pages k \"M.\"; evict r 1\n"
                    "zero k 1; pages k \"MP\"; info k committed_bytes 4096; next => none"),
    HEAD("6 Ex 17", "create r 4 trap-dirty; supply r 2; clone s r slice 2 1; t: write s 0 => blocked; next => DIRTY r "
                    "2 1; read s 1 => OUT_OF_RANGE"),

    /* ---- chapter 7 ---- */
    HEAD("7 E1 E2", "create v 4 trap-dirty; map m v 0 4; t: load m 0 => blocked; next => READ v 0 1; supply v 0; wait "
                    "t => OK; load m 8 => OK\n"
                    "t: store m 0 => blocked; next => DIRTY v 0 1; dirty v 0; wait t => OK; store m 16 => OK; begin v "
                    "0; load m 0 => OK\n"
                    "t: store m 0 => blocked; next => DIRTY v 0 1; dirty v 0; wait t => OK; end v 0; pages v \"D...\""),
    HEAD("7 E6", "create v 4; map m v 0 4; t: load m 0 => blocked; fail v 0; wait t => fault IO"),
    HEAD("7 E7", "create v 4; map m v 0 4; t: load m 0 => blocked; next => READ v 0 1; unmap m 0 4; blocked t; close "
                 "v; next => none\n"
                 "close pager; wait t => fault NOT_FOUND"),
    HEAD("7 E8", "create v 4 resizable trap-dirty; map m v 0 4; t: load m 12288 => blocked; resize v 2; wait t => "
                 "fault OUT_OF_RANGE; next => none\n"
                 "resize v 4; load m 12288 => OK; u: store m 12288 => blocked; next => DIRTY v 3 1"),
    HEAD("7 E9", "create v 4 trap-dirty; map m v 0 4; anon a 3; write a 0 3 byte=x; t: readto a 0 3 m => blocked; next "
                 "=> READ v 0 3\n"
                 "supply v 0; blocked t; supply v 1 2; next => DIRTY v 0 3; dirty v 0 3; wait t => OK; read v 0 3 => "
                 "OK pages=xxx"),
    HEAD("7 E9 alt", "create v 4 trap-dirty; map m v 0 4; anon a 3; t: readto a 0 3 m => blocked; next => READ v 0 3; "
                     "supply v 0; supply v 1\n"
                     "fail v 2; next => DIRTY v 0 2; dirty v 0 2; next => READ v 2 1; fail v 2; wait t => IO"),
    HEAD("7 E11", "create v 4; map m v 0 4; u: commit v 0 4 => blocked; t: load m 4096 => blocked; next => READ v 0 4; "
                  "supply v 1; blocked t\n"
                  "supply v 0; supply v 2 2; wait t => OK; wait u => OK"),
    HEAD("7 E14", "create v 1 trap-dirty; map m v 0 1; map n v 0 1 r; store n 0 => fault ACCESS_DENIED"),

    /* ---- chapter 8 ---- */
    HEAD("8 E1", "create v 4; supply v 0 4; age; age; reclaim 2 => OK value=2; pages v \"CC..\""),
    HEAD("8 E3b", "create v 1; supply v 0; always-need v 0; dont-need v 0; reclaim 1 => OK value=0; pages v \"C\""),

    /* ---- chapter 9 section 6 ---- */
    {"9 6 in 2020", "2020",
     "create v 2; supply v 0 2; write v 0; detach v; pages v \"CC\"; read v 0 => OK; read v 1 => OK; clone c v alow 0 "
     "2\n"
     "evict v 0 2 => OK value=2; read v 0 => NOT_FOUND; read c 0 => OK pages=.; supply v 0 2 => OK; pages v \"CC\"; "
     "fail v 0 => OK\n"
     "begin v 0 => NOT_SUPPORTED"},
    {"9 6 in 2018", "2018",
     "create v 2; t: read v 0 2 => blocked; next => READ v 0 1; supply v 0 => BAD_SYSCALL; fail v 0 => BAD_SYSCALL"},
    {"9 5.3 FAIL in 2020", "2020",
     "create v 4; t: commit v 0 4 => blocked; u: commit v 2 1 => blocked; next => READ v 0 4; supply v 0; fail v 3; "
     "wait t => IO; wait u => IO"},
    {NULL, NULL, NULL},
};

#!/bin/sh
# SPDX-License-Identifier: MIT
# Puts the loops of one program, compiled once for each instruction set, beside each other. Run by CMake.
#   instruction_sets.sh set SUFFIX OUT.o OBJECT...    one object of a set's objects. Everything that they define becomes
#       local, inline functions and the compiler's copies of templates above all: no other part of a program can be
#       given one of them, which is the trap in compiling a header for two machines. Functions that are not inline are
#       the set's face; NAME becomes NAME.SUFFIX. OUT.o.functions lists them. When the linker misses a
#       "vtable for X", X wants a constructor and a destructor that are not inline.
#   instruction_sets.sh switch OUT.s SUFFIX=OBJECT... for each function of the face a NAME that jumps to the one of the
#       set chosen at the start (src/core/isa.cpp), and a table of addresses for each set.
# The names of the tools come from CMake: LD, NM, OBJCOPY, OBJDUMP.
set -eu
fail() { printf '%s\n' "instruction_sets.sh: $*" >&2; exit 1; }

command=$1
shift
case $command in
set)
    suffix=$1 out=$2
    shift 2
    "$LD" -r --force-group-allocation -o "$out.whole" "$@"
    # What runs before main() would run on every machine, for every set.
    if "$OBJDUMP" -h "$out.whole" | grep -E '\.(init_array|ctors|preinit_array)' >&2; then
        fail "a variable of these loops is initialised at the start of the program; make it constexpr or local ($out)"
    fi
    "$NM" --defined-only --extern-only --format=posix "$out.whole" >"$out.symbols"
    awk '$2 == "T" { print $1 }' "$out.symbols" | LC_ALL=C sort >"$out.functions"
    awk '$2 != "T" { print $1 }' "$out.symbols" >"$out.local"
    awk -v suffix="$suffix" '{ print $1, $1 "." suffix }' "$out.functions" >"$out.renamed"
    "$OBJCOPY" --localize-symbols="$out.local" --redefine-syms="$out.renamed" "$out.whole" "$out"
    rm -f "$out.whole" "$out.symbols" "$out.local" "$out.renamed"
    ;;
switch)
    out=$1
    shift
    first=${1#*=}
    for one in "$@"; do
        cmp -s "$first.functions" "${one#*=}.functions" ||
            fail "the sets differ in their functions: $(LC_ALL=C comm -3 "$first.functions" "${one#*=}.functions" | head -3)"
    done
    {
        printf '    .text\n'
        awk '{
            printf "    .globl %s\n    .type %s, @function\n    .p2align 4\n%s:\n    .cfi_startproc\n", $1, $1, $1
            printf "    movq mf_instruction_set(%%rip), %%r11\n    jmp *%d(%%r11)\n", 8 * (NR - 1)
            printf "    .cfi_endproc\n    .size %s, .-%s\n", $1, $1
        }' "$first.functions"
        printf '    .section .data.rel.ro.local, "aw", @progbits\n    .p2align 6\n'
        for one in "$@" none=; do
            printf '    .globl mf_functions_%s\n    .hidden mf_functions_%s\nmf_functions_%s:\n' \
                "${one%%=*}" "${one%%=*}" "${one%%=*}"
            if [ "$one" = none= ]; then
                awk '{ print "    .quad mf_no_instruction_set" }' "$first.functions"
            else
                awk -v suffix="${one%%=*}" '{ printf "    .quad %s.%s\n", $1, suffix }' "$first.functions"
            fi
        done
        printf '    .data\n    .p2align 6\n    .globl mf_instruction_set\n    .hidden mf_instruction_set\n'
        printf 'mf_instruction_set:\n    .quad mf_functions_none\n'
        printf '    .section .note.GNU-stack, "", @progbits\n'
    } >"$out"
    ;;
*) fail "no command '$command'" ;;
esac

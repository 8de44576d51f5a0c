cmake_minimum_required(VERSION 3.22)
# Writes commit.cpp, which names the commit that is built; only when that has changed.
#   cmake -DSOURCE=folder -DOUT=file.cpp -P commit.cmake
set(words "release")
find_program(git git)
if(git)
  execute_process(
    COMMAND ${git} -C ${SOURCE} rev-parse --show-toplevel --short=12 HEAD
    OUTPUT_VARIABLE answer ERROR_QUIET OUTPUT_STRIP_TRAILING_WHITESPACE)
  file(REAL_PATH ${SOURCE} source)
  # The source may lie inside of somebody else's repository.
  if(answer MATCHES "^([^\n]*)\n([0-9a-f]+)$" AND CMAKE_MATCH_1 STREQUAL source)
    set(words "commit ${CMAKE_MATCH_2}")
    execute_process(
      COMMAND ${git} -C ${SOURCE} status --porcelain --untracked-files=no
      OUTPUT_VARIABLE changes ERROR_QUIET)
    if(changes)
      string(APPEND words " and changes")
    endif()
  endif()
endif()
file(
  CONFIGURE
  OUTPUT ${OUT}
  CONTENT
    "// Written by cmake/commit.cmake.
#include \"train/build_info.hpp\"

namespace mf {

std::string_view build_commit() { return \"@words@\"; }

}  // namespace mf
"
  @ONLY)

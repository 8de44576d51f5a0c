# The loops of a program for several instruction sets in one binary (MF_NATIVE=OFF without MF_ARCH): see
# src/core/isa.hpp for the choice and cmake/instruction_sets.sh for how they are kept apart.

# What has loops that count is compiled three times; everything else, which describes, checks, records or calls kernels,
# once. A file that knows how wide a vector is compiles nowhere else (tensor/device_simd.hpp).
set(MF_LOOPS
    "core/rng"
    "data/(checkerboard|circles|eight|filtered_resize|image_form|moons|noise|pinwheel|resize|shape|spiral|swiss)"
    "metrics/(gaussian|kernel|matrix|pairs|precision|product|random|sliced|sort|symmetric|trace)"
    "ops/(cpu/|pointwise/)"
    "tensor/")
list(JOIN MF_LOOPS "|" MF_LOOPS)

set(MF_SETS v3 v4 v4_bf16)
set(MF_SET_NAME_v3 x86-64-v3)
set(MF_SET_NAME_v4 x86-64-v4)
set(MF_SET_NAME_v4_bf16 x86-64-v4-bf16)
set(MF_SET_FLAGS_v3 -march=x86-64-v3)
set(MF_SET_FLAGS_v4 -march=x86-64-v4 -mprefer-vector-width=512)
set(MF_SET_FLAGS_v4_bf16 -march=x86-64-v4 -mavx512bf16 -mavx512vnni -mprefer-vector-width=512)
set(MF_SET_ROOM_v3 plain)
set(MF_SET_ROOM_v4 plain)
set(MF_SET_ROOM_v4_bf16 native)

# generated/built_sets.cpp from lines of C++
function(mf_write_built_sets declarations entries use)
  file(
    CONFIGURE
    OUTPUT ${CMAKE_BINARY_DIR}/generated/built_sets.cpp
    CONTENT
      "// Written by cmake/instruction_sets.cmake.
#include \"core/built_sets.hpp\"

@declarations@
namespace mf {
namespace {

constexpr BuiltSet sets[] = {
@entries@};

}  // namespace

std::span<const BuiltSet> built_sets() { return sets; }
void use_functions(const void* const*@use@

}  // namespace mf
"
    @ONLY)
endfunction()

# Removes the loops from the sources of `list` and gives it what stands for them: built_sets.cpp, the switch, and one
# object a set, whose libraries are MF_SET_LIBRARIES.
function(mf_add_instruction_sets list)
  if(NOT MF_PORTABLE)
    if(MF_NATIVE)
      set(name native)
    else()
      set(name ${MF_ARCH})
    endif()
    mf_write_built_sets("" "    {\"${name}\", nullptr},\n" ") {}")
    set(${list} ${${list}} ${CMAKE_BINARY_DIR}/generated/built_sets.cpp PARENT_SCOPE)
    return()
  endif()
  set(loops ${${list}})
  list(FILTER loops INCLUDE REGEX "/src/(${MF_LOOPS})")
  set(rest ${${list}})
  list(REMOVE_ITEM rest ${loops})

  set(script ${CMAKE_SOURCE_DIR}/cmake/instruction_sets.sh)
  set(tools ${CMAKE_COMMAND} -E env LD=${CMAKE_LINKER} NM=${CMAKE_NM} OBJCOPY=${CMAKE_OBJCOPY} OBJDUMP=${CMAKE_OBJDUMP})
  set(folder ${CMAKE_BINARY_DIR}/generated)
  foreach(set ${MF_SETS})
    add_library(meanflow_${set} OBJECT ${loops})
    target_link_libraries(meanflow_${set} PRIVATE mf_flags ${MF_FMT} Threads::Threads nlohmann_json::nlohmann_json Eigen3::Eigen)
    target_compile_options(meanflow_${set} PRIVATE ${MF_SET_FLAGS_${set}} -fvisibility=hidden -fvisibility-inlines-hidden
                                                   $<$<CXX_COMPILER_ID:GNU>:-fno-gnu-unique>)
    target_include_directories(meanflow_${set} PRIVATE ${CMAKE_SOURCE_DIR}/src/ops/cpu/${MF_SET_ROOM_${set}})
    set_target_properties(meanflow_${set} PROPERTIES OPTIMIZE_DEPENDENCIES ON)
    set(object ${folder}/loops_${set}.o)
    # A precompiled header counts as an object, and is none.
    set(compiled "$<FILTER:$<TARGET_OBJECTS:meanflow_${set}>,EXCLUDE,[.]gch$>")
    add_custom_command(
      OUTPUT ${object}
      BYPRODUCTS ${object}.functions
      COMMAND ${tools} ${script} set ${set} ${object} "${compiled}"
      DEPENDS "${compiled}" ${script}
      COMMAND_EXPAND_LISTS VERBATIM)
    set_source_files_properties(${object} PROPERTIES EXTERNAL_OBJECT ON GENERATED ON)
    list(APPEND objects ${object})
    list(APPEND pairs ${set}=${object})
    string(APPEND declarations "extern \"C\" [[gnu::visibility(\"hidden\")]] const void* const mf_functions_${set}[];\n")
    string(APPEND entries "    {\"${MF_SET_NAME_${set}}\", mf_functions_${set}},\n")
  endforeach()
  string(APPEND declarations "extern \"C\" [[gnu::visibility(\"hidden\")]] const void* const* mf_instruction_set;\n")
  mf_write_built_sets("${declarations}" "${entries}" " table) { mf_instruction_set = table; }")

  set(switch ${folder}/instruction_set_switch.o)
  add_custom_command(
    OUTPUT ${switch}
    BYPRODUCTS ${switch}.s
    COMMAND ${tools} ${script} switch ${switch}.s ${pairs}
    COMMAND ${CMAKE_CXX_COMPILER} -c -o ${switch} ${switch}.s
    DEPENDS ${objects} ${script}
    VERBATIM)
  set_source_files_properties(${switch} PROPERTIES EXTERNAL_OBJECT ON GENERATED ON)
  set(${list} ${rest} ${folder}/built_sets.cpp ${objects} ${switch} PARENT_SCOPE)
  list(TRANSFORM MF_SETS PREPEND meanflow_ OUTPUT_VARIABLE targets)
  set(MF_SET_TARGETS ${targets} PARENT_SCOPE)
endfunction()

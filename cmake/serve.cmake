# meanflow serve: a library of its own that only the program links.
file(GLOB_RECURSE MF_SERVE CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/serve/*.cpp)
file(GLOB MF_PAGE CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/serve/page/*)
set(MF_PAGE_FILES ${CMAKE_BINARY_DIR}/generated/page_files.cpp)
add_custom_command(
  OUTPUT ${MF_PAGE_FILES}
  COMMAND ${CMAKE_COMMAND} -DPAGE=${CMAKE_SOURCE_DIR}/src/serve/page -DOUT=${MF_PAGE_FILES} -P
          ${CMAKE_SOURCE_DIR}/cmake/embed_page.cmake
  DEPENDS ${MF_PAGE} ${CMAKE_SOURCE_DIR}/cmake/embed_page.cmake
  VERBATIM)
add_library(meanflow_serve STATIC ${MF_SERVE} ${MF_PAGE_FILES})
target_link_libraries(meanflow_serve PUBLIC meanflow_lib nlohmann_json::nlohmann_json)
target_compile_options(meanflow_serve PRIVATE $<$<CONFIG:Release>:-O1>)
if(MF_PRECOMPILE)
  target_precompile_headers(meanflow_serve REUSE_FROM meanflow_light)
endif()
target_link_libraries(meanflow PRIVATE meanflow_serve)

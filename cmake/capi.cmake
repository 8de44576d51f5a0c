# The C door: its objects (the test suite links them), and libmeanflow.so.0 with nothing but mf_* to be seen.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
if(MF_NATIVE OR MF_SANITIZE)
  set(MF_SHARED_INITIAL OFF)
else()
  set(MF_SHARED_INITIAL ON)
endif()
option(MF_SHARED "Build libmeanflow.so, the C library (compiles everything position-independent)" ${MF_SHARED_INITIAL})

file(GLOB MF_CAPI CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/capi/*.cpp)
add_library(meanflow_capi STATIC ${MF_CAPI})
target_link_libraries(meanflow_capi PUBLIC meanflow_lib PRIVATE nlohmann_json::nlohmann_json)
target_compile_options(meanflow_capi PRIVATE $<$<CONFIG:Release>:-O1>)
if(MF_PRECOMPILE)
  target_precompile_headers(meanflow_capi REUSE_FROM meanflow_light)
endif()
if(MF_UNITY)
  set_target_properties(meanflow_capi PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 8)
endif()
if(NOT MF_SHARED)
  return()
endif()

set_target_properties(meanflow_lib meanflow_light meanflow_capi PROPERTIES POSITION_INDEPENDENT_CODE ON)
if(MF_NATIVE)
  # Hidden functions are inlined as in a program, so that speed and bits are the same.
  foreach(target meanflow_lib meanflow_light)
    target_compile_options(${target} PRIVATE -fvisibility=hidden -fvisibility-inlines-hidden)
  endforeach()
endif()

set(MF_SYMBOLS ${CMAKE_SOURCE_DIR}/src/capi/meanflow.map)
add_library(meanflow_c SHARED $<TARGET_OBJECTS:meanflow_capi>)
add_library(meanflow::c ALIAS meanflow_c)
set_target_properties(meanflow_c PROPERTIES OUTPUT_NAME meanflow VERSION ${PROJECT_VERSION} SOVERSION 0
                                            LINKER_LANGUAGE CXX LINK_DEPENDS ${MF_SYMBOLS})
target_link_libraries(meanflow_c PRIVATE meanflow_lib)
target_link_options(meanflow_c PRIVATE -Wl,--version-script=${MF_SYMBOLS} -Wl,--no-undefined)
target_include_directories(meanflow_c INTERFACE ${CMAKE_SOURCE_DIR}/include)

# cmake --install BUILD --component c: what a program in C needs, and nothing else. Paths are relative to these files, so
# that a folder of it may be moved. Packages have the same in two halves: the library alone (component `runtime`), and what
# one builds with, beside the C++ library (`development`).
set(MF_C_LIBRARY ${CMAKE_INSTALL_LIBDIR}/libmeanflow.so.${PROJECT_VERSION})
set(MF_C_FOLDER ${CMAKE_INSTALL_LIBDIR}/cmake/meanflow)
file(RELATIVE_PATH MF_UP /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
configure_file(${CMAKE_SOURCE_DIR}/cmake/meanflow.pc.in ${CMAKE_BINARY_DIR}/meanflow.pc @ONLY)
configure_package_config_file(
  ${CMAKE_SOURCE_DIR}/cmake/meanflow-c.cmake.in ${CMAKE_BINARY_DIR}/meanflow-c.cmake INSTALL_DESTINATION ${MF_C_FOLDER}
  PATH_VARS MF_C_LIBRARY CMAKE_INSTALL_INCLUDEDIR NO_SET_AND_CHECK_MACRO NO_CHECK_REQUIRED_COMPONENTS_MACRO)
install(TARGETS meanflow_c LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT c NAMELINK_COMPONENT c)
install(TARGETS meanflow_c LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT runtime NAMELINK_SKIP)
install(TARGETS meanflow_c LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT development NAMELINK_ONLY)
foreach(component c development)
  install(FILES ${CMAKE_SOURCE_DIR}/include/meanflow/meanflow.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/meanflow
          COMPONENT ${component})
  install(FILES ${CMAKE_BINARY_DIR}/meanflow.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT ${component})
  install(FILES ${CMAKE_BINARY_DIR}/meanflow-c.cmake DESTINATION ${MF_C_FOLDER} COMPONENT ${component})
endforeach()
install(FILES ${CMAKE_BINARY_DIR}/meanflow-config.cmake ${CMAKE_BINARY_DIR}/meanflow-config-version.cmake
        DESTINATION ${MF_C_FOLDER} COMPONENT c)

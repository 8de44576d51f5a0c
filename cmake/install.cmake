# cmake --install build/release --prefix WHERE: the program, the library, its headers and a CMake package.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

# Headers of the rooms lie beside the door and include each other as "room/file.hpp".
set(MF_HEADERS ${CMAKE_INSTALL_INCLUDEDIR}/meanflow)
set(MF_PACKAGE ${CMAKE_INSTALL_LIBDIR}/cmake/meanflow)

install(TARGETS meanflow RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
target_compile_features(meanflow_lib PUBLIC cxx_std_20)
target_include_directories(meanflow_lib INTERFACE $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>
                                                  $<INSTALL_INTERFACE:${MF_HEADERS}>)
install(TARGETS meanflow_lib EXPORT meanflow-targets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY include/meanflow/ DESTINATION ${MF_HEADERS} PATTERN *.h EXCLUDE)  # cmake/capi.cmake has it
install(
  DIRECTORY src/
  DESTINATION ${MF_HEADERS}
  FILES_MATCHING
  PATTERN *.hpp
  PATTERN capi EXCLUDE
  PATTERN cli EXCLUDE
  PATTERN native EXCLUDE
  PATTERN plain EXCLUDE)
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})

install(EXPORT meanflow-targets NAMESPACE meanflow:: DESTINATION ${MF_PACKAGE})
configure_package_config_file(cmake/meanflow-config.cmake.in ${CMAKE_BINARY_DIR}/meanflow-config.cmake
                              INSTALL_DESTINATION ${MF_PACKAGE})
write_basic_package_version_file(${CMAKE_BINARY_DIR}/meanflow-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/meanflow-config.cmake ${CMAKE_BINARY_DIR}/meanflow-config-version.cmake
        DESTINATION ${MF_PACKAGE})

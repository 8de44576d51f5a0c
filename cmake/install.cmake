# cmake --install build/release --prefix WHERE: the program with its page of the manual and what shells complete
# (component `program`), the library, its headers and a CMake package (component `development`). The target `package`
# makes Debian packages of them, and of the C library (component `runtime`, cmake/capi.cmake); `cmake --preset portable` is
# the build for it.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

# Headers of the rooms lie beside the door and include each other as "room/file.hpp".
set(MF_HEADERS ${CMAKE_INSTALL_INCLUDEDIR}/meanflow)
set(MF_PACKAGE ${CMAKE_INSTALL_LIBDIR}/cmake/meanflow)

install(TARGETS meanflow RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT program)

# Written by the program itself, from the tables of its commands.
set(MF_ZSH_FOLDER ${CMAKE_INSTALL_DATADIR}/zsh/site-functions CACHE STRING "Where zsh looks for completions")
set(MF_PAGES ${CMAKE_BINARY_DIR}/generated)
set(MF_PAGE_COMMANDS "")
foreach(shell bash zsh fish)
  list(APPEND MF_PAGE_COMMANDS COMMAND meanflow completion ${shell} >${MF_PAGES}/meanflow.${shell})
endforeach()
add_custom_command(
  OUTPUT ${MF_PAGES}/meanflow.1
  BYPRODUCTS ${MF_PAGES}/meanflow.bash ${MF_PAGES}/meanflow.zsh ${MF_PAGES}/meanflow.fish
  COMMAND meanflow man >${MF_PAGES}/meanflow.1 ${MF_PAGE_COMMANDS}
  DEPENDS meanflow)
add_custom_target(meanflow_pages ALL DEPENDS ${MF_PAGES}/meanflow.1)
install(FILES ${MF_PAGES}/meanflow.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT program)
install(FILES ${MF_PAGES}/meanflow.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions
        RENAME meanflow COMPONENT program)
install(FILES ${MF_PAGES}/meanflow.zsh DESTINATION ${MF_ZSH_FOLDER} RENAME _meanflow COMPONENT program)
install(FILES ${MF_PAGES}/meanflow.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d COMPONENT program)
install(FILES cmake/debian/copyright DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/meanflow COMPONENT program)

target_compile_features(meanflow_lib PUBLIC cxx_std_20)
target_include_directories(meanflow_lib INTERFACE $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>
                                                  $<INSTALL_INTERFACE:${MF_HEADERS}>)
install(TARGETS meanflow_lib EXPORT meanflow-targets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
        COMPONENT development)
install(DIRECTORY include/meanflow/ DESTINATION ${MF_HEADERS} COMPONENT development PATTERN *.h EXCLUDE)  # cmake/capi.cmake has it
install(
  DIRECTORY src/
  DESTINATION ${MF_HEADERS}
  COMPONENT development
  FILES_MATCHING
  PATTERN *.hpp
  PATTERN capi EXCLUDE
  PATTERN cli EXCLUDE
  PATTERN serve EXCLUDE
  PATTERN native EXCLUDE
  PATTERN plain EXCLUDE)
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT development)

install(EXPORT meanflow-targets NAMESPACE meanflow:: DESTINATION ${MF_PACKAGE} COMPONENT development)
configure_package_config_file(cmake/meanflow-config.cmake.in ${CMAKE_BINARY_DIR}/meanflow-config.cmake
                              INSTALL_DESTINATION ${MF_PACKAGE})
write_basic_package_version_file(${CMAKE_BINARY_DIR}/meanflow-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/meanflow-config.cmake ${CMAKE_BINARY_DIR}/meanflow-config-version.cmake
        DESTINATION ${MF_PACKAGE} COMPONENT development)
include(cmake/debian.cmake)

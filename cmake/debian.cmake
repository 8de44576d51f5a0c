# Debian packages by CPack: `meanflow`, the program alone; `libmeanflow0`, the C library, where it is built; and
# `libmeanflow-dev`, to build programs in C and C++ with.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME meanflow)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_CONTACT "the meanflow.cpp maintainers <maintainers@meanflow.invalid>")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL program development)
if(MF_SHARED)
  list(APPEND CPACK_COMPONENTS_ALL runtime)
endif()
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)

set(CPACK_DEBIAN_PROGRAM_PACKAGE_NAME meanflow)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_RECOMMENDS "gnuplot-nox | gnuplot, fonts-dejavu-core")
set(CPACK_COMPONENT_PROGRAM_DESCRIPTION
    "One-step generative models of the MeanFlow family, on processors
Trains, samples, judges and shows flow matching, MeanFlow and improved
MeanFlow models: on points, pictures and latents of an autoencoder. One
program without Python; figures want gnuplot.
.
The loops are compiled for several instruction sets of x86-64 and the best
that the machine has is chosen at the start; AVX2 is the least.")

set(CPACK_DEBIAN_RUNTIME_PACKAGE_NAME libmeanflow0)
set(CPACK_DEBIAN_RUNTIME_PACKAGE_SECTION libs)
set(CPACK_DEBIAN_RUNTIME_PACKAGE_SHLIBDEPS ON)
set(CPACK_COMPONENT_RUNTIME_DESCRIPTION
    "One-step generative models of the MeanFlow family, C library
The engine behind the program meanflow for programs in C and whatever can
call C: opens, samples, judges and trains models. The loops are compiled for
several instruction sets of x86-64; AVX2 is the least.")
install(FILES cmake/debian/copyright DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/libmeanflow0 COMPONENT runtime)

set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME libmeanflow-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS
    "libfmt-dev, libyaml-cpp-dev, nlohmann-json3-dev, libeigen3-dev, libpng-dev, zlib1g-dev, libjpeg-dev, libwebp-dev")
if(MF_ONEDNN)
  string(APPEND CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS ", libdnnl-dev, ocl-icd-opencl-dev")
endif()
if(MF_SHARED)
  string(PREPEND CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS "libmeanflow0 (= ${PROJECT_VERSION}), ")
endif()
set(CPACK_COMPONENT_DEVELOPMENT_DESCRIPTION
    "One-step generative models of the MeanFlow family, to build with
The static C++ library behind the program meanflow and its headers, and the
header of the C library: for CMake find_package(meanflow) gives the targets
meanflow::library (C++) and meanflow::c, for others there is pkg-config.")
install(FILES cmake/debian/copyright DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/libmeanflow-dev COMPONENT development)
include(CPack)

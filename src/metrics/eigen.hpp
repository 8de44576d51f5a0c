// SPDX-License-Identifier: MIT
// Eigen, for the .cpp files of this room. GCC 12 takes the "undefined" registers of its own AVX-512
// intrinsics for uninitialised variables (its bug 105593), which Eigen brings to light; hence the pragmas.
#pragma once

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC diagnostic ignored "-Wuninitialized"
#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <Eigen/Eigenvalues>
#pragma GCC diagnostic pop

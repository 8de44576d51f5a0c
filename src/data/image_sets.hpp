// SPDX-License-Identifier: MIT
// The image sets of the catalogue, each in the file of its name.
#pragma once

#include "data/dataset.hpp"

namespace mf {

DatasetEntry shapes();
DatasetEntry idx();
DatasetEntry cifar();
DatasetEntry image_folder();
DatasetEntry latents();
DatasetEntry noise();
DatasetEntry arrays();

}  // namespace mf

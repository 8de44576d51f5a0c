// SPDX-License-Identifier: MIT
// From a loaded network to samples.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/remarks.hpp"
#include "core/stop.hpp"
#include "generate/conditions.hpp"
#include "sample/sampler.hpp"
#include "train/checkpoint.hpp"

namespace mf {

/// How to get from noise to data.
struct SampleRequest {
    std::string solver = "auto";  ///< auto: euler for fm, average for the others
    std::vector<double> times;    ///< from noise to data; empty: `steps` equal steps
    int steps = 1;
    std::int64_t count = 1;
    std::int64_t first = 0;  ///< index of the first: sample i is the same whatever else is drawn
    std::uint64_t seed = 0;
    std::vector<float> noise;   ///< (count, D) to begin with; empty: what the seed gives
    bool as_published = false;  ///< direction forward: the tutorial's sampler
    GuidanceRequest guidance;   ///< labels, strength and interval, for models with classes; what it
                                ///< leaves open is as the weights recommend (with_recommended)
    Precision precision = Precision::f32;  ///< in which the model is packed
    int record = 0;                        ///< states to keep, evenly spread, the first and the last included
    std::int64_t piece = 0;                ///< most samples that are drawn together; 0: as memory allows
    Remarks remarks;                       ///< what acts, but not as one might expect
    Stop stop;                             ///< asked before every call of the network, on the caller's thread
};

/// Steps from noise to data that the request asks for.
int steps_of(const SampleRequest& request);

struct Samples {
    std::vector<float> values;                 ///< (count, D); of the shape LoadedModel::shown_shape
    std::vector<std::vector<float>> recorded;  ///< states, from noise to data
    std::vector<double> recorded_times;
};
/// UsageError when the times do not lead from noise to data in the model's direction, or when a part of the request cannot
/// act on this network; Stopped when request.stop says so. Where the model has a decoder, samples and states are what it makes of them.
Samples draw_samples(const LoadedModel& loaded, const SampleRequest& request, Team& team,
                     SampleMemory* memory = nullptr);

/// The data set as points in the plane. UsageError when it is none.
const PointDataset& points_of(const Dataset& data, const std::string& what);
/// What the network learnt, as points. UsageError also where it learnt from the memory of a program.
const PointDataset& points_of(const LoadedModel& model, const std::string& what);

}  // namespace mf

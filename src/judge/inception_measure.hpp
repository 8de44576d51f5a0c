// SPDX-License-Identifier: MIT
// From pictures to sums of their features, in bounded memory, to be killed and gone on with.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "core/remarks.hpp"
#include "core/team.hpp"
#include "judge/fid_variant.hpp"
#include "judge/picture_source.hpp"
#include "metrics/feature_sums.hpp"
#include "models/inception.hpp"

namespace mf {

/// The FID network from a file, ready.
struct OpenedInception {
    std::unique_ptr<Inception> network;
    std::filesystem::path path;
    std::string print;  ///< digest of the file's bytes and the precision
    Precision precision = Precision::f32;
    std::string remark;  ///< what its user should know; empty: nothing
};

/// Error, in one line, for a file that holds something else.
OpenedInception open_inception(const std::filesystem::path& path, Precision precision, Team& team);

struct MeasureRequest {
    std::filesystem::path state;  ///< where unfinished sums are kept; empty: nowhere
    double save_seconds = 60;     ///< at least so long between two savings; an end before that leaves no file
    std::int64_t kept = 10000;    ///< see FeaturePlan
    std::string name;             ///< of what is measured, for remarks
    Remarks remarks, progress;
    std::function<bool()> wants_stop;  ///< asked between portions
};

/// All features of `source` by `variant`. Goes on from request.state where that is of the same pictures, network and variant,
/// to the same bits as without an interruption; a state of others is a UsageError. Not complete() when it was stopped.
/// The state is saved then and, after more than request.save_seconds, at the end: whoever has used the sums removes it.
FeatureSums measure(const OpenedInception& inception, PictureSource& source, const FidVariant& variant,
                    const MeasureRequest& request, Team& team);

}  // namespace mf

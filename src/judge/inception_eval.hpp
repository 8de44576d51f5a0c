// SPDX-License-Identifier: MIT
// The published distances: FID and its relatives by the Inception network, of runs, weights, files of samples and folders.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "judge/evaluation.hpp"
#include "judge/inception_measure.hpp"
#include "metrics/feature_statistics.hpp"

namespace mf {

struct InceptionRequest {
    std::filesystem::path inception;  ///< weights of the network
    std::string reference;  ///< statistics (.npz), images (.npz, .npy) or a folder; empty: the data set
    std::string variant = "auto";  ///< a name of fid_variants, or what the reference says
    std::string crop =
        "adm";  ///< of the reference's pictures, to the size of the judged images: adm, area, none
    std::int64_t reference_count = 0;  ///< images of the reference; 0: all
    std::string state = "auto";  ///< file of unfinished sums; auto: beside what is judged; none: nowhere
    double save_seconds = 60;
    std::filesystem::path save_statistics;  ///< where those of the (single) target go; empty: nowhere
    Precision network_precision = Precision::f32;
    std::function<bool()> wants_stop;
};

struct InceptionResult {
    EvalSource of;
    InceptionScores scores;
    bool has_reference = true;  ///< without one there is only the inception score
};

class InceptionEval {
  public:
    InceptionEval(InceptionRequest request, EvalRequest sampling, Team& team);

    /// A result for each of sampling.steps (1 when there are none) of sampling.count (50000) samples of a network; one of a
    /// file of samples or a folder, all of it or the first sampling.count. False when it was stopped; what was done so far is
    /// kept in the state. UsageError for what has no images.
    bool add(const std::string& target);
    /// One result of an opened network with `sampling` as it stands.
    bool add_model(const LoadedModel& loaded, const std::string& target, const SampleRequest& sampling);
    /// Everything that a result of this network depends on but guidance and steps, as a short digest.
    std::string print_of(const LoadedModel& loaded, const std::string& target, SampleRequest sampling) const;
    /// After the results were shown: unfinished sums that are finished now are removed.
    void remove_states();

    const std::vector<InceptionResult>& results() const { return results_; }
    /// "imf-jax", as chosen.
    const std::string& variant() const { return variant_->name; }
    /// What was compared with, in a line; empty without a reference.
    const std::string& reference_text() const { return reference_text_; }

  private:
    void choose_variant();
    void check_features() const;
    Settings with_data(const LoadedModel& loaded) const;
    bool have_data(const std::string& target, const LoadedModel* model);
    bool have_reference(const std::string& target, const LoadedModel* model, const PictureSize& size);
    bool have_measured(const std::string& what, PictureSource& source, const std::filesystem::path& cache);
    bool score(PictureSource& source, const EvalSource& of, const std::filesystem::path& beside);
    std::filesystem::path state_path(const std::filesystem::path& beside, const std::string& print) const;
    MeasureRequest measure_request(const std::string& name, const std::filesystem::path& state) const;

    InceptionRequest request_;
    EvalRequest sampling_;
    Team& team_;
    OpenedInception inception_;
    const FidVariant* variant_ = nullptr;
    std::optional<FeatureStatistics> reference_;
    std::string reference_key_, reference_text_;
    std::vector<InceptionResult> results_;
    std::vector<std::filesystem::path> states_;
};

}  // namespace mf

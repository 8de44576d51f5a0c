// SPDX-License-Identifier: MIT
#include "judge/classifier_trainer.hpp"

#include <algorithm>
#include <cmath>

#include "models/classify.hpp"
#include "ops/cpu/cpu_device.hpp"
#include "ops/cross_entropy.hpp"
#include "optim/adam.hpp"
#include "optim/schedule.hpp"
#include "train/make_model.hpp"

namespace mf {
namespace {

/// One thread's share of a step.
class ClassifierLane {
  public:
    ClassifierLane(const ParamStore& params, Device& device)
        : device_(device), pool_(device), gradients_(params), tape_(&gradients_, device) {}

    struct Plan {
        const LabelledImages& data;
        const ImageClassifier& classifier;
        std::uint64_t seed;
        std::int64_t batch, tile;
        double smoothing;
        Precision precision;
    };

    /// Rows [begin, end) of batch number `step`.
    void run(const Plan& plan, std::int64_t step, std::int64_t begin, std::int64_t end) {
        gradients_.clear(device_);
        totals_.clear(device_);
        const Context context{device_, pool_, &tape_, plan.precision};
        for (std::int64_t row = begin; row < end; row += plan.tile) {
            const std::int64_t count = std::min(plan.tile, end - row);
            Tensor images = context.make({count, plan.classifier.pixels()});
            Tensor labels = context.make({count}, DType::i32);
            plan.data.training(images.f32(), static_cast<std::int32_t*>(labels.raw()), plan.seed,
                               static_cast<std::uint64_t>(step * plan.batch + row), count, scratch_);
            const ImageClassifier::Output y = plan.classifier.forward(context, images);
            const Dual loss = cross_entropy(context, y.logits, labels, plan.smoothing,
                                            static_cast<double>(plan.batch), totals_.square_u());
            device_.add_total(totals_.loss(), loss.value);
            tape_.backward(loss.slot, pool_);
        }
        const LossSums sums = totals_.read(device_);
        loss_ = sums.loss;
        right_ = static_cast<std::int64_t>(sums.square_u);
    }

    Gradients& gradients() { return gradients_; }
    double loss() const { return loss_; }
    std::int64_t right() const { return right_; }

  private:
    Device& device_;
    Pool pool_;  // first: the tape gives its tensors back to it
    Gradients gradients_;
    Tape tape_;
    LossTotals totals_{pool_};  // of the loss, and (as square_u) of the rows that were right
    std::vector<float> scratch_;
    double loss_ = 0;
    std::int64_t right_ = 0;
};

}  // namespace

struct ClassifierTrainer::Parts {
    Settings settings;
    Team team;
    CpuDevice device{team};
    LabelledImages data;
    ImageClassifier classifier;
    std::int64_t steps, batch, tile;
    Precision precision;
    Adam adam;
    Schedule schedule;
    std::vector<std::unique_ptr<ClassifierLane>> lanes;
    std::vector<Into> gradients;  // of the lanes
    std::int64_t done = 0;

    Parts(const Settings& s, int threads, const std::optional<std::vector<std::string>>& class_order)
        : settings(s),
          team(threads),
          data(s, {class_order, threads}),
          classifier(ImageClassifier::configure(s, kind_of(data.all()))),
          steps(s.integer("train.steps")),
          batch(s.integer("train.batch")),
          tile(s.integer("train.tile") > 0 ? s.integer("train.tile") : classifier.tile_rows()),
          precision(s.text("precision") == "bf16" ? Precision::bf16 : Precision::f32),
          adam(Adam::configure(s), classifier.params().count()),
          schedule(Schedule::make(s, steps)) {
        // A short training needs a start, too.
        schedule.warmup = std::min(schedule.warmup, steps / 5);
        schedule.span = std::max<std::int64_t>(1, steps - schedule.warmup);
        for (int i = 0; i < team.size(); ++i)
            lanes.push_back(std::make_unique<ClassifierLane>(classifier.params(), device.lane(i)));
        for (const auto& lane : lanes) gradients.push_back(lane->gradients().all());
        classifier.initialise(seed());
        classifier.params().repack(device, precision);
    }

    std::uint64_t seed() const { return static_cast<std::uint64_t>(settings.integer("seed")); }

    void run_lanes() {
        const ClassifierLane::Plan plan{
            data, classifier, seed(), batch, tile, settings.real("classifier.smoothing"), precision};
        const std::int64_t tiles = (batch + tile - 1) / tile, count = team.size();
        device.each_lane([&](int lane, Device&) {
            const std::int64_t begin = std::min(batch, tiles * lane / count * tile),
                               end = std::min(batch, tiles * (lane + 1) / count * tile);
            lanes[static_cast<std::size_t>(lane)]->run(plan, done, begin, end);
        });
    }

    /// Adds the lanes' gradients into the first lane's, in a fixed order; returns the norm.
    double gather() { return std::sqrt(device.gather_squares(gradients)); }
};

ClassifierTrainer::ClassifierTrainer(const Settings& settings, int threads,
                                     const std::optional<std::vector<std::string>>& class_order)
    : parts_(std::make_unique<Parts>(settings, threads, class_order)) {}
ClassifierTrainer::~ClassifierTrainer() = default;

ClassifierReport ClassifierTrainer::step() {
    Parts& p = *parts_;
    p.run_lanes();
    ClassifierReport out;
    out.gradient_norm = p.gather();
    out.rate = p.schedule.at(p.done);
    for (const auto& lane : p.lanes) {
        out.loss += lane->loss();
        out.accuracy += static_cast<double>(lane->right()) / static_cast<double>(p.batch);
    }
    out.skipped = !std::isfinite(out.gradient_norm) || !std::isfinite(out.loss);
    if (!out.skipped) {
        const double clip = p.settings.real("optim.clip");
        const double scale = clip > 0 && out.gradient_norm > clip ? clip / out.gradient_norm : 1.0;
        ParamStore& params = p.classifier.params();
        p.adam.update(p.device, params.whole(), p.gradients[0], p.done, out.rate, scale);
        params.repack(p.device, p.precision);
    }
    out.step = ++p.done;
    return out;
}

double ClassifierTrainer::held_accuracy(std::int64_t count) {
    Parts& p = *parts_;
    constexpr std::int64_t portion = 1000;  // images in memory at a time
    const std::int64_t held = p.data.held_count(), all = held == 0 ? count : std::min(count, held),
                       pixels = p.classifier.pixels();
    p.classifier.params().repack(p.device, Precision::f32);
    std::vector<float> images;
    std::vector<std::int32_t> labels;
    std::int64_t right = 0;
    for (std::int64_t first = 0; first < all; first += portion) {
        const std::int64_t rows = std::min(portion, all - first);
        images.resize(static_cast<std::size_t>(rows * pixels));
        labels.resize(static_cast<std::size_t>(rows));
        p.team.split(rows, 16, [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t i = begin; i < end; ++i)
                p.data.held(images.data() + i * pixels, labels.data() + i, first + i);
        });
        const std::vector<std::int32_t> found = classify(p.classifier, images, p.team).classes();
        for (std::size_t i = 0; i < labels.size(); ++i) right += found[i] == labels[i] ? 1 : 0;
    }
    p.classifier.params().repack(p.device, p.precision);
    return static_cast<double>(right) / static_cast<double>(all);
}

void ClassifierTrainer::load(std::span<const float> weights) {
    ParamStore& params = parts_->classifier.params();
    check(weights.size() == params.flat().size(), "[classifier] {} weights for {} parameters", weights.size(),
          params.count());
    std::ranges::copy(weights, params.flat().begin());
    params.repack(parts_->device, parts_->precision);
}

std::int64_t ClassifierTrainer::steps_done() const { return parts_->done; }
std::int64_t ClassifierTrainer::steps_planned() const { return parts_->steps; }
const LabelledImages& ClassifierTrainer::data() const { return parts_->data; }
ImageClassifier& ClassifierTrainer::classifier() { return parts_->classifier; }
const Settings& ClassifierTrainer::settings() const { return parts_->settings; }
Team& ClassifierTrainer::team() { return parts_->team; }

}  // namespace mf

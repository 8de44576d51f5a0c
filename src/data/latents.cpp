// SPDX-License-Identifier: MIT
// Latents of pictures, encoded beforehand: mean + deviation * noise, standardised, drawn anew each time.
#include <algorithm>

#include "core/error.hpp"
#include "data/class_choice.hpp"
#include "data/image_form.hpp"
#include "data/image_sets.hpp"
#include "data/image_store.hpp"
#include "data/images.hpp"
#include "data/latent_manifest.hpp"
#include "data/latent_store.hpp"
#include "data/shuffle.hpp"
#include "nn/latent_scale.hpp"

namespace mf {
namespace {

namespace fs = std::filesystem;

struct LatentForm {
    LatentScale scale;
    bool flip, noisy;
};

class Latents final : public ImageDataset {
  public:
    Latents(std::unique_ptr<LatentStore> store, LatentForm form, const ClassChoice& choice)
        : store_(std::move(store)), form_(std::move(form)), names_(choice.names) {
        const std::vector<std::int32_t>& stored = store_->about().labels;
        if (names_.empty() || stored.empty()) return;
        for (const std::int32_t label : stored)
            labels_.push_back(choice.label_of[static_cast<std::size_t>(label)]);
    }

    Shape sample_shape() const override { return store_->about().shape; }
    std::int64_t size() const override { return store_->about().count; }
    const std::vector<std::string>& class_names() const override { return names_; }
    std::vector<std::string> remarks() const override { return store_->about().remarks; }

    void draw(float* out, std::int32_t* labels, const Random& random, std::uint64_t first,
              std::int64_t count) const override {
        const auto size = static_cast<std::uint64_t>(this->size());
        std::uint64_t epoch = first / size;
        Shuffle shuffle(this->size(), random.seed(), random.stream(), epoch);
        const Random noise(random.seed(), Stream::noise);
        const std::int64_t numbers = sample_shape().count();
        for (std::int64_t k = 0; k < count; ++k, out += numbers) {
            const std::uint64_t index = first + static_cast<std::uint64_t>(k);
            if (index / size != epoch) {
                epoch = index / size;
                shuffle = Shuffle(this->size(), random.seed(), random.stream(), epoch);
            }
            const std::int64_t i = shuffle(static_cast<std::int64_t>(index % size));
            const bool mirrored = form_.flip && (philox(random.seed(), random.stream(), index)[0] >> 31) != 0;
            // Rows that nobody else draws, and others for training than for evaluation: no index reaches these bits.
            const std::uint64_t row = index + (static_cast<std::uint64_t>(random.stream()) << 56);
            if (form_.noisy)
                noise.normal_vector(out, numbers, row);
            else
                std::fill_n(out, numbers, 0.0F);
            write(out, labels == nullptr ? nullptr : labels + k, i, mirrored ? 1 : 0);
        }
    }
    /// The mean, standardised.
    void stored(float* out, std::int32_t* label, std::int64_t i) const override {
        std::fill_n(out, sample_shape().count(), 0.0F);
        write(out, label, i, 0);
    }
    DataPrint print() const override {
        DataPrint out;
        out.counts =
            names_.empty() ? std::vector<std::int64_t>{size()} : counts_by_label(labels_, names_.size());
        for (const std::int64_t count : out.counts)
            out.digests.push_back(fmt::format("{:016x}", count == 0 ? 0 : store_->about().digest));
        return out;
    }

  private:
    void write(float* out, std::int32_t* label, std::int64_t i, int variant) const {
        store_->mix(i, variant, out);
        form_.scale.to_model({out, static_cast<std::size_t>(sample_shape().count())});
        if (label != nullptr) *label = labels_.empty() ? 0 : labels_[static_cast<std::size_t>(i)];
    }

    std::unique_ptr<LatentStore> store_;
    LatentForm form_;
    std::vector<std::string> names_;
    std::vector<std::int32_t> labels_;
};

LatentForm form_of(const Settings& settings, const LatentAbout& about, const std::string& place) {
    const auto channels = static_cast<std::size_t>(about.shape[2]);
    std::string scale = settings.text("data.latents");
    if (scale == "auto") {
        if (channels != 4)
            throw UsageError(
                fmt::format("[latents] {}: nothing says how latents of {} channels are standardised", place,
                            channels),
                "data.latents=none, or data.latents=sd");
        scale = "imf";
    }
    const std::string& flip = settings.text("data.flip");
    if (flip == "true" && about.variants != 2)
        throw UsageError(fmt::format("data.flip=true: {} holds no mirrored pictures", place),
                         "'meanflow data encode --flip' encodes both orientations");
    return {latent_scale(scale, channels), flip != "false" && about.variants == 2,
            settings.flag("data.sample")};
}

std::unique_ptr<LatentStore> open_store(const fs::path& path, bool sums, int threads) {
    if (fs::exists(path / kManifestName)) return open_latent_shards(path, sums);
    std::vector<fs::path> files;
    if (fs::is_directory(path)) files = latent_files_in(path);
    if (files.empty())
        throw Error(fmt::format("[latents] {}: holds no {}, and no .pt files", path.string(), kManifestName),
                    "'meanflow data encode' makes such a folder of pictures");
    check_usage(!sums, "data.check=true: {} is a folder of .pt files, which have no checksums",
                path.string());
    return open_latent_files(std::move(files), threads);
}

std::unique_ptr<Dataset> make_latents(const Settings& settings, const DataPlan& plan) {
    const fs::path path =
        data_path(settings, "latents", "the folder that 'meanflow data encode' wrote, or one of .pt files");
    std::unique_ptr<LatentStore> store = open_store(path, settings.flag("data.check"), plan.threads);
    const LatentAbout& about = store->about();
    LatentForm form = form_of(settings, about, path.string());
    const ClassChoice choice =
        plan.class_order
            ? ordered_classes(about.class_names, counts_by_label(about.labels, about.class_names.size()),
                              *plan.class_order, false, "latents")
            : choose_classes(about.class_names, "");
    return std::make_unique<Latents>(std::move(store), std::move(form), choice);
}

}  // namespace

DatasetEntry latents() {
    return {
        "latents",
        "latents of pictures, encoded by 'meanflow data encode'",
        {{"data.path", OptionKind::text, "",
          "folder that 'meanflow data encode' wrote, or of .pt files of the official codes"},
         {.key = "data.latents",
          .kind = OptionKind::text,
          .initial = "auto",
          .help = "how latents are standardised: imf (mean and deviation of each channel), sd (the factor "
                  "0.18215), none; auto: imf for four channels",
          .choices = {"auto", "imf", "sd", "none"}},
         {.key = "data.flip",
          .kind = OptionKind::text,
          .initial = "auto",
          .help = "take the mirrored picture's latent every other time, by chance; auto: where the folder "
                  "holds both",
          .choices = {"auto", "true", "false"}},
         {"data.sample", OptionKind::flag, "true",
          "draw from the encoder's distribution, mean + deviation * noise, anew each time; false: its mean"},
         {"data.check", OptionKind::flag, "false",
          "read every file once at the start and compare checksums"}},
        make_latents};
}

}  // namespace mf

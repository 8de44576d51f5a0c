// SPDX-License-Identifier: MIT
// A run made step by step through the door is the run of the command line, and goes on from its folder.
#include "door/training.hpp"

#include <gtest/gtest.h>

#include "cli/program.hpp"
#include "data/images.hpp"
#include "io/npy.hpp"
#include "io/picture.hpp"
#include "io/png.hpp"
#include "train/checkpoint.hpp"
#include "train/metrics_log.hpp"
#include "train/run_folder.hpp"

namespace {

using namespace mf;
using door::Training;
using door::TrainingRequest;

constexpr int kPictures = 12, kSide = 8;
const std::vector<ConfigItem> kSmall = {
    {"model.name", "mit", ""},         {"model.size", "T", ""},  {"model.patch", "4", ""},
    {"model.hidden", "16", ""},        {"model.depth", "2", ""}, {"model.heads", "2", ""},
    {"train.batch", "4", ""},          {"train.steps", "6", ""}, {"objective.name", "imf", ""},
    {"schedule.name", "constant", ""}, {"data.flip", "true", ""}};

struct Pictures {
    std::vector<std::uint8_t> bytes;
    std::vector<std::int32_t> labels;
    ArrayData view() const {
        return {
            .sample = {kSide, kSide, 3}, .count = kPictures, .bytes = bytes, .floats = {}, .labels = labels};
    }
};

Pictures some_pictures() {
    Pictures out;
    for (int i = 0; i < kPictures * kSide * kSide * 3; ++i)
        out.bytes.push_back(static_cast<std::uint8_t>(i * 37 % 251));
    for (int i = 0; i < kPictures; ++i) out.labels.push_back(i / 4);
    return out;
}

std::vector<float> weights_of(const Training& training) {
    const door::Model model = training.model("online");
    const auto flat = model.loaded().model->params().flat();
    return {flat.begin(), flat.end()};
}

TrainingRequest request_of(std::vector<ConfigItem> items, const Pictures* pictures) {
    TrainingRequest out{.config = "", .items = std::move(items), .threads = 2, .data = std::nullopt};
    if (pictures != nullptr) out.data = pictures->view();
    return out;
}

void run(Training& training, std::int64_t until) {
    while (training.done() < until) training.step();
}

TEST(DoorTraining, ArraysAreLearntLikeTheSamePicturesInFiles) {
    const test::Scratch scratch;
    const Pictures pictures = some_pictures();
    for (int i = 0; i < kPictures; ++i) {
        const auto folder = scratch.folder() / std::to_string(pictures.labels[static_cast<std::size_t>(i)]);
        std::filesystem::create_directories(folder);
        const auto* from = pictures.bytes.data() + i * kSide * kSide * 3;
        write_png(folder / fmt::format("{:03}.png", i),
                  {kSide, kSide, 3, {from, from + static_cast<std::ptrdiff_t>(kSide) * kSide * 3}});
    }
    std::vector<ConfigItem> files = kSmall;
    files.push_back({"data.name", "image_folder", ""});
    files.push_back({"data.path", scratch.folder().string(), ""});
    files.push_back({"data.size", std::to_string(kSide), ""});
    Training from_files(request_of(files, nullptr)), from_arrays(request_of(kSmall, &pictures));
    run(from_files, 6);
    run(from_arrays, 6);
    EXPECT_EQ(weights_of(from_files), weights_of(from_arrays));

    std::vector<float> floats;
    for (const std::uint8_t byte : pictures.bytes) floats.push_back(value_of_byte(byte));
    TrainingRequest as_floats = request_of(kSmall, &pictures);
    as_floats.data->bytes = {};
    as_floats.data->floats = floats;
    Training from_floats(as_floats);
    run(from_floats, 6);
    EXPECT_EQ(weights_of(from_arrays), weights_of(from_floats));
}

TEST(DoorTraining, HasTheBitsOfTheCommandLine) {
    const test::Scratch scratch;
    const std::vector<std::string> keys = {"train.steps=5", "train.batch=64", "model.width=16", "seed=3",
                                           "ema.decays=0.9"};
    std::vector<std::string> words = {"train", "toy/mf", "--threads", "2", "--quiet", "--out", "cli"};
    words.insert(words.end(), keys.begin(), keys.end());
    const test::Outcome result = test::run_program(scratch, words);
    ASSERT_EQ(result.code, 0) << result.err;
    std::vector<ConfigItem> items;
    for (const std::string& key : keys) items.push_back(parse_override(key));
    TrainingRequest request = request_of(items, nullptr);
    request.config = "toy/mf";
    Training training(request);
    run(training, 5);
    training.save(scratch / "door");
    std::vector<std::string> remarks;
    const Checkpoint ours = find_checkpoint(scratch / "door", -1, remarks),
                     theirs = find_checkpoint(scratch / "cli", -1, remarks);
    EXPECT_EQ(ours.file.metadata, theirs.file.metadata);  // the checksum of all tensors, too
    const auto columns_of_loss = [](const std::filesystem::path& run) {
        return read_curve(run / "metrics.jsonl", "loss").values;
    };
    EXPECT_EQ(columns_of_loss(scratch / "door"), columns_of_loss(scratch / "cli"));
    // And the samples.
    ASSERT_EQ(test::run_program(
                  scratch, {"sample", "cli", "--count", "9", "--seed", "4", "--steps", "2", "--out", "x.npy"})
                  .code,
              0);
    const door::Model model(scratch / "door", {}, 2);
    SampleRequest ask;
    ask.count = 9;
    ask.seed = 4;
    ask.steps = 2;
    std::vector<float> drawn(18);
    model.sample(ask, drawn);
    const Tensor theirs_drawn = read_npy(scratch / "x.npy");
    EXPECT_TRUE(std::ranges::equal(drawn, theirs_drawn.floats()));
}

TEST(DoorTraining, GoesOnFromItsFolderWithTheSameArraysOnly) {
    const test::Scratch scratch;
    const auto folder = scratch.folder() / "run";
    const Pictures pictures = some_pictures();
    Training whole(request_of(kSmall, &pictures));
    run(whole, 6);
    {
        Training first(request_of(kSmall, &pictures));
        run(first, 3);
        first.save(folder);
        EXPECT_THROW(Training(request_of(kSmall, &pictures)).save(folder), Error);
    }
    EXPECT_THROW(Training::resume(folder, request_of({}, nullptr)), UsageError);
    Pictures others = pictures;
    others.bytes[5] ^= 1U;
    EXPECT_THROW(Training::resume(folder, request_of({}, &others)), UsageError);
    Training second = Training::resume(folder, request_of({}, &pictures));
    EXPECT_EQ(second.done(), 3);
    run(second, 6);
    EXPECT_EQ(weights_of(second), weights_of(whole));
    EXPECT_THROW(second.step(), UsageError);
    second.save(folder);
    second.close();
    std::vector<std::string> remarks;
    EXPECT_EQ(find_checkpoint(folder, -1, remarks).step, 6);
    const door::Model model(folder, {}, 1);
    EXPECT_EQ(model.classes(), 3);
}

TEST(DoorTraining, PointsInMemoryAreLearnt) {
    std::vector<float> points;
    for (int i = 0; i < 64; ++i)
        points.insert(points.end(), {static_cast<float>(i % 8), static_cast<float>(i / 8)});
    TrainingRequest request =
        request_of({{"train.steps", "2", ""}, {"train.batch", "32", ""}, {"model.width", "16", ""}}, nullptr);
    request.config = "toy/imf";
    request.data = ArrayData{.sample = {2}, .count = 64, .bytes = {}, .floats = points};
    Training training(request);
    run(training, 2);
    const test::Scratch scratch;
    training.save(scratch.folder() / "run");
    const door::Model model(scratch.folder() / "run", {}, 1);
    EXPECT_EQ(model.loaded().data, nullptr);
    std::vector<float> drawn(20);
    SampleRequest ask;
    ask.count = 10;
    model.sample(ask, drawn);
    EXPECT_THROW((void)points_of(model.loaded(), "a picture"), UsageError);
}

TEST(DoorTraining, ArraysThatCannotBeAreRefused) {
    const Pictures pictures = some_pictures();
    const auto refused = [](const ArrayData& data) { EXPECT_THROW(arrays_as_data(data, false), UsageError); };
    ArrayData data = pictures.view();
    data.count = 3;
    refused(data);
    data = pictures.view();
    data.labels = data.labels.subspan(1);
    refused(data);
    data = pictures.view();
    data.class_names = {"a", "b"};
    refused(data);
    const std::vector<float> large(2, 200.0F), unfit(2, std::numeric_limits<float>::quiet_NaN());
    refused({.sample = {2, 1, 1}, .count = 1, .bytes = {}, .floats = large});
    refused({.sample = {2}, .count = 1, .bytes = {}, .floats = unfit});
    refused({.sample = {3}, .count = 1, .bytes = {}, .floats = large});
    EXPECT_THROW(Training(request_of({{"data.name", "arrays", ""}}, nullptr)), UsageError);
    EXPECT_THROW(Training(request_of({{"data.name", "moons", ""}}, &pictures)), UsageError);
    EXPECT_THROW(Training(request_of({{"data.path", "/", ""}}, &pictures)), UsageError);
}

}  // namespace

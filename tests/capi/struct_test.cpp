// SPDX-License-Identifier: MIT
// Structs of other ages, null pointers everywhere, judges, and what the library says of itself.
#include <array>
#include <cstddef>
#include <initializer_list>

#include <nlohmann/json.hpp>

#include "capi/made.hpp"
#include "door/judging.hpp"
#include "io/safetensors.hpp"
#include "io/scratch.hpp"
#include "judge/judge.hpp"
#include "support/tiny_inception.hpp"
#include "train/build_info.hpp"
#include "train/make_model.hpp"

namespace {

using namespace mf;
using namespace mf::test;

TEST(CStructs, AnOlderProgramWorksWithDefaultsForWhatItDoesNotKnow) {
    const ModelHandle model = model_of(points_training());
    const std::vector<float> otherwise = drawn(model.get(), made(mf_sample_options_init), 2);
    // A struct that ends before `first`, in memory that belongs to somebody else behind it.
    struct Old {
        std::size_t size;
        std::int64_t count;
        std::array<unsigned char, sizeof(mf_sample_options)> others;
    } old{};
    old.others.fill(0xEE);
    constexpr std::size_t size = offsetof(mf_sample_options, first);
    ASSERT_EQ(mf_sample_options_init(reinterpret_cast<mf_sample_options*>(&old), size), MF_OK);
    EXPECT_EQ(old.size, size);
    EXPECT_EQ(old.count, 1);
    for (const unsigned char byte : old.others) ASSERT_EQ(byte, 0xEE);
    std::array<float, 2> out{};
    ASSERT_EQ(mf_sample(model.get(), reinterpret_cast<const mf_sample_options*>(&old), out.data(), 2), MF_OK)
        << mf_last_error();
    EXPECT_EQ(out[0], otherwise[0]);
    EXPECT_EQ(out[1], otherwise[1]);

    // What is told ends where the struct of the program ends.
    struct OldInfo {
        std::size_t size;
        std::int64_t sample_rank;
        std::array<unsigned char, sizeof(mf_model_info)> others;
    } info{};
    info.others.fill(0xEE);
    info.size = offsetof(mf_model_info, sample_shape);
    ASSERT_EQ(mf_model_get_info(model.get(), reinterpret_cast<mf_model_info*>(&info)), MF_OK);
    EXPECT_EQ(info.sample_rank, 1);
    for (const unsigned char byte : info.others) ASSERT_EQ(byte, 0xEE);
}

TEST(CStructs, ANewerProgramWorksUnlessItAsksForWhatIsNotKnown) {
    const ModelHandle model = model_of(points_training());
    struct New {
        mf_sample_options known;
        std::int64_t unknown;
    } later;
    std::memset(static_cast<void*>(&later), 0xEE, sizeof later);
    ASSERT_EQ(mf_sample_options_init(&later.known, sizeof later), MF_OK);
    EXPECT_EQ(later.known.size, sizeof later);
    EXPECT_EQ(later.unknown, 0);
    std::array<float, 2> out{};
    EXPECT_EQ(mf_sample(model.get(), &later.known, out.data(), 2), MF_OK) << mf_last_error();
    later.unknown = 1;
    expect_failed(mf_sample(model.get(), &later.known, out.data(), 2), MF_ERROR_USAGE, "does not know");
}

TEST(CStructs, AStructThatNobodyInitialisedIsRefused) {
    const ModelHandle model = model_of(points_training());
    std::array<float, 2> out{};
    for (const std::size_t size : {std::size_t{0}, std::size_t{4}, std::size_t{13}, SIZE_MAX, SIZE_MAX - 7}) {
        mf_sample_options how = made(mf_sample_options_init);
        how.size = size;
        expect_failed(mf_sample(model.get(), &how, out.data(), 2), MF_ERROR_USAGE, "its size is");
        EXPECT_NE(std::string(mf_last_hint()).find("mf_sample_options_init"), std::string::npos);
        EXPECT_EQ(mf_sample_options_init(&how, size), MF_ERROR_USAGE);
        mf_model_info info = made(mf_model_info_init);
        info.size = size;
        EXPECT_EQ(mf_model_get_info(model.get(), &info), MF_ERROR_USAGE);
        mf_step_report report = made(mf_step_report_init);
        report.size = size;
        EXPECT_EQ(mf_training_step(points_training().get(), &report), MF_ERROR_USAGE);
    }
}

/// Every one of these calls was given a null pointer where one is needed.
void expect_usage(std::initializer_list<mf_status> all) {
    int call = 0;
    for (const mf_status one : all) EXPECT_EQ(one, MF_ERROR_USAGE) << "call " << call++;
}

TEST(CDoor, NullIsAnErrorInEveryInitAndNothingToFree) {
    expect_usage({
        mf_sample_options_init(nullptr, 8),
        mf_vae_options_init(nullptr, 8),
        mf_model_options_init(nullptr, 8),
        mf_model_info_init(nullptr, 8),
        mf_flow_options_init(nullptr, 8),
        mf_judge_options_init(nullptr, 8),
        mf_judge_info_init(nullptr, 8),
        mf_features_init(nullptr, 8),
        mf_arrays_init(nullptr, 8),
        mf_training_options_init(nullptr, 8),
        mf_training_info_init(nullptr, 8),
        mf_step_report_init(nullptr, 8),
        mf_cancel_new(nullptr),
        mf_cancel_request(nullptr),
        mf_cancel_reset(nullptr),
    });
    mf_model_free(nullptr);
    mf_training_free(nullptr);
    mf_judge_free(nullptr);
    mf_fid_free(nullptr);
    mf_cancel_free(nullptr);
    mf_free_text(nullptr);
}

TEST(CDoor, NullIsAnErrorForModels) {
    const ModelHandle model = model_of(points_training());
    std::array<float, 2> f{};
    std::array<std::uint8_t, 4> b{};
    mf_model* some_model = nullptr;
    char* text = nullptr;
    mf_model_info info = made(mf_model_info_init);
    mf_flow_options flow = made(mf_flow_options_init);
    expect_usage({
        mf_model_open(nullptr, nullptr, &some_model),
        mf_model_open("x", nullptr, nullptr),
        mf_model_attach_vae(nullptr, nullptr),
        mf_model_attach_vae(model.get(), nullptr),
        mf_model_get_info(nullptr, &info),
        mf_model_get_info(model.get(), nullptr),
        mf_model_describe(nullptr, &text),
        mf_model_describe(model.get(), nullptr),
        mf_sample(nullptr, nullptr, f.data(), 2),
        mf_sample(model.get(), nullptr, nullptr, 2),
        mf_sample_pictures(nullptr, nullptr, b.data(), 4),
        mf_sample_pictures(model.get(), nullptr, nullptr, 4),
        mf_decode(nullptr, f.data(), 1, b.data(), 4, nullptr),
        mf_decode(model.get(), nullptr, 1, b.data(), 4, nullptr),
        mf_decode(model.get(), f.data(), 1, nullptr, 4, nullptr),
        mf_velocity(nullptr, &flow, f.data(), nullptr, 2),
        mf_velocity(model.get(), nullptr, f.data(), nullptr, 2),
        mf_velocity(model.get(), &flow, nullptr, nullptr, 2),
        mf_velocity(model.get(), &flow, f.data(), nullptr, 2),
        mf_instantaneous(nullptr, &flow, f.data(), 2),
        mf_instantaneous(model.get(), nullptr, f.data(), 2),
        mf_instantaneous(model.get(), &flow, nullptr, 2),
        mf_instantaneous(model.get(), &flow, f.data(), 2),
    });
}

TEST(CDoor, NullIsAnErrorForJudges) {
    std::array<float, 2> f{};
    std::array<std::uint8_t, 4> b{};
    mf_judge* judge = nullptr;
    mf_fid* fid = nullptr;
    char* text = nullptr;
    mf_features features = made(mf_features_init);
    mf_judge_info info = made(mf_judge_info_init);
    expect_usage({
        mf_judge_open(nullptr, nullptr, &judge),
        mf_judge_open("x", nullptr, nullptr),
        mf_judge_get_info(nullptr, &info),
        mf_judge_describe(nullptr, &text),
        mf_judge_features(nullptr, f.data(), 1, &features, nullptr),
        mf_fid_open(nullptr, nullptr, &fid),
        mf_fid_open("x", nullptr, nullptr),
        mf_fid_get_info(nullptr, &info),
        mf_fid_features(nullptr, b.data(), 1, 1, 1, 3, &features, nullptr),
    });
}

TEST(CDoor, NullIsAnErrorForTrainings) {
    const TrainingHandle training = points_training();
    mf_training* some = nullptr;
    mf_model* some_model = nullptr;
    char* text = nullptr;
    mf_training_info info = made(mf_training_info_init);
    expect_usage({
        mf_training_new(nullptr, nullptr),
        mf_training_resume(nullptr, -1, nullptr, &some),
        mf_training_resume("x", -1, nullptr, nullptr),
        mf_training_get_info(nullptr, &info),
        mf_training_get_info(training.get(), nullptr),
        mf_training_describe(nullptr, &text),
        mf_training_describe(training.get(), nullptr),
        mf_training_step(nullptr, nullptr),
        mf_training_run(nullptr, 1, nullptr, nullptr, nullptr),
        mf_training_model(nullptr, nullptr, &some_model),
        mf_training_model(training.get(), nullptr, nullptr),
        mf_training_save(nullptr, "x", nullptr),
        mf_training_save(training.get(), nullptr, nullptr),
        mf_training_close(nullptr),
    });
}

TEST(CDoor, SaysItsVersion) {
    EXPECT_EQ(std::string(mf_version()), program_version());
    EXPECT_EQ(mf_abi_version(), MF_ABI_VERSION);
}

TEST(CJudge, SeesWhatTheJudgeSees) {
    const Scratch scratch;
    const std::string path = scratch / "judge.safetensors";
    std::vector<ConfigItem> items;
    for (const char* word : {"data.name=shapes", "data.size=16", "data.channels=1",
                             "data.classes=cross,disc,pill", "classifier.hidden=32", "classifier.depth=1",
                             "classifier.heads=2", "train.batch=64", "train.steps=1"})
        items.push_back(parse_override(word));
    ClassifierTrainer trainer(resolve_classifier(items), 1);
    save_judge(path, trainer, 0.25);

    mf_judge_options options = made(mf_judge_options_init);
    options.threads = 2;
    mf_judge* opened = nullptr;
    ASSERT_EQ(mf_judge_open(path.c_str(), &options, &opened), MF_OK) << mf_last_error();
    const std::unique_ptr<mf_judge, Free> judge(opened);
    mf_judge_info info = made(mf_judge_info_init);
    ASSERT_EQ(mf_judge_get_info(judge.get(), &info), MF_OK);
    EXPECT_EQ(info.features, 32);
    EXPECT_EQ(info.classes, 3);
    EXPECT_EQ(info.sample_size, 256);
    EXPECT_EQ(info.accuracy, 0.25);
    char* json = nullptr;
    ASSERT_EQ(mf_judge_describe(judge.get(), &json), MF_OK);
    EXPECT_EQ(nlohmann::json::parse(Text(json).get())["class_names"][0], "cross");

    std::vector<float> pictures(5 * 256, 0.1F), features(5 * 32), logits(5 * 3);
    pictures[700] = 1;
    mf_features out = made(mf_features_init);
    expect_failed(mf_judge_features(judge.get(), pictures.data(), 5, &out, nullptr), MF_ERROR_USAGE,
                  "neither");
    expect_failed(mf_judge_features(judge.get(), nullptr, 5, &out, nullptr), MF_ERROR_USAGE, "pictures");
    out.features = features.data();
    out.features_size = features.size() - 1;
    expect_failed(mf_judge_features(judge.get(), pictures.data(), 5, &out, nullptr), MF_ERROR_USAGE, "room");
    out.features_size = features.size();
    out.logits = logits.data();
    out.logits_size = logits.size();
    ASSERT_EQ(mf_judge_features(judge.get(), pictures.data(), 5, &out, nullptr), MF_OK) << mf_last_error();
    const door::Features same = door::OpenJudge(path, 2).features(pictures);
    EXPECT_EQ(features, same.features);
    EXPECT_EQ(logits, same.logits);

    options.variant = "adm";
    expect_failed(mf_judge_open(path.c_str(), &options, &opened), MF_ERROR_USAGE, "mf_fid_open");
    expect_failed(mf_judge_open("/nothing", nullptr, &opened), MF_ERROR, "/nothing");
}

TEST(CJudge, FidNetworkSeesBytes) {
    const Scratch scratch;
    const std::string path = scratch / "inception.safetensors";
    TensorFile file;
    file.tensors = tiny_inception();
    write_safetensors(path, file);
    mf_fid* opened = nullptr;
    ASSERT_EQ(mf_fid_open(path.c_str(), nullptr, &opened), MF_OK) << mf_last_error();
    const std::unique_ptr<mf_fid, Free> fid(opened);
    mf_judge_info info = made(mf_judge_info_init);
    ASSERT_EQ(mf_fid_get_info(fid.get(), &info), MF_OK);
    EXPECT_EQ(info.classes, 12);
    EXPECT_EQ(info.sample_size, 0);
    std::vector<std::uint8_t> pictures(std::size_t{2} * 8 * 8);
    for (std::size_t i = 0; i < pictures.size(); ++i) pictures[i] = static_cast<std::uint8_t>(i * 7);
    std::vector<float> features(static_cast<std::size_t>(2 * info.features));
    mf_features out = made(mf_features_init);
    out.features = features.data();
    out.features_size = features.size();
    ASSERT_EQ(mf_fid_features(fid.get(), pictures.data(), 2, 8, 8, 1, &out, nullptr), MF_OK)
        << mf_last_error();
    EXPECT_EQ(features,
              door::OpenFidNetwork(path, "imf-jax", Precision::f32, 0).features(pictures, 8, 8, 1).features);
    expect_failed(mf_fid_features(fid.get(), pictures.data(), 2, 8, 8, 2, &out, nullptr), MF_ERROR_USAGE,
                  "channels");
    expect_failed(mf_fid_features(fid.get(), pictures.data(), 2, -1, 8, 1, &out, nullptr), MF_ERROR_USAGE,
                  "height is -1");
    mf_judge_options options = made(mf_judge_options_init);
    options.variant = "mine";
    expect_failed(mf_fid_open(path.c_str(), &options, &opened), MF_ERROR_USAGE, "mine");
}

}  // namespace

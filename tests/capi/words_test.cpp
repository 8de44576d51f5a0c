// SPDX-License-Identifier: MIT
// What callers of C are told names fields of structs and functions, never options of the command line.
#include <filesystem>

#include "capi/made.hpp"
#include "io/scratch.hpp"
#include "models/vae_files.hpp"

namespace {

using namespace mf;
using namespace mf::test;

/// The call failed, and its words, hint and all, hold `part` and no option.
void expect_words(mf_status got, mf_status expected, const std::string& part) {
    EXPECT_EQ(got, expected) << part;
    const std::string words = std::string(mf_last_error()) + " | " + mf_last_hint();
    EXPECT_NE(words.find(part), std::string::npos) << words;
    EXPECT_EQ(words.find("--"), std::string::npos) << words;
}

template <class Change>
void expect_refused(const ModelHandle& model, Change change, const std::string& part) {
    mf_sample_options how = made(mf_sample_options_init);
    how.count = 2;
    change(how);
    std::vector<float> out(2 * 256);
    expect_words(mf_sample(model.get(), &how, out.data(), out.size()), MF_ERROR_USAGE, part);
}

std::string written_vae(const Scratch& scratch, bool with_others) {
    Team team(1);
    SdVae vae(small_vae());
    fill_vae(vae, 9, team);
    const std::string path = scratch / (with_others ? "compvis.safetensors" : "vae.safetensors");
    write_safetensors(path, with_others ? compvis_file(file_of(vae), 3) : file_of(vae));
    return path;
}

TEST(CWords, OfSamplingAreFields) {
    const ModelHandle points = model_of(points_training()), images = model_of(images_training(8, 3));
    expect_refused(
        points, [](auto& how) { how.labels = "cat"; }, "labels: this model has no classes");
    expect_refused(
        points, [](auto& how) { how.omega = 3; }, "omega=3");
    expect_refused(
        images, [](auto& how) { how.omega = 3, how.labels = "none"; }, "labels=none");
    expect_refused(
        images, [](auto& how) { how.labels = "dog"; }, "labels");
    const std::vector<float> noise(2 * 192, NAN);
    expect_refused(
        images, [&](auto& how) { how.noise = noise.data(); }, "noise holds nan");
    const double times[] = {0.5, 0};
    expect_refused(
        images, [&](auto& how) { how.times = times, how.times_count = 2; }, "times");
    expect_refused(
        points, [](auto& how) { how.t_min = 0.2, how.t_max = 0.8; }, "(t_min, t_max)");
    const ModelHandle fm =
        model_of(begin({"data.name=moons", "model.width=16", "objective.name=fm"}, nullptr));
    expect_refused(
        fm, [](auto& how) { how.solver = "average"; }, "take solver=euler");
}

TEST(CWords, OfFoldersAndFilesAreFunctions) {
    const Scratch scratch;
    const TrainingHandle training = points_training();
    ASSERT_EQ(mf_training_step(training.get(), nullptr), MF_OK);
    const std::string run = scratch / "run";
    char* text = nullptr;
    ASSERT_EQ(mf_training_save(training.get(), run.c_str(), &text), MF_OK);
    const Text checkpoint(text);
    const TrainingHandle other = points_training("seed=2");
    expect_words(mf_training_save(other.get(), run.c_str(), nullptr), MF_ERROR_USAGE,
                 "mf_training_resume goes on with it; another run");
    mf_model* model = nullptr;
    mf_model_options options = made(mf_model_options_init);
    options.step = 1;
    expect_words(mf_model_open(checkpoint.get(), &options, &model), MF_ERROR_USAGE, "leave step out");
    options.step = -5;
    expect_words(mf_model_open(run.c_str(), &options, &model), MF_ERROR_USAGE, "step is -5");
    expect_words(mf_model_open("", nullptr, &model), MF_ERROR_USAGE, "the path is empty");
    options = made(mf_model_options_init);
    options.side = 16;
    expect_words(mf_model_open(run.c_str(), &options, &model), MF_ERROR_USAGE, "leave side out");
}

TEST(CWords, OfAutoencodersAreFieldsAndGoToTheirLog) {
    const Scratch scratch;
    const std::string plain = written_vae(scratch, false), others = written_vae(scratch, true);
    mf_vae_options vae = made(mf_vae_options_init);
    vae.path = plain.c_str();
    const ModelHandle pictures = model_of(images_training(8, 3));
    expect_words(mf_model_attach_vae(pictures.get(), &vae), MF_ERROR_USAGE, "leave vae out");

    const ModelHandle latents = model_of(images_training(8, 4));
    std::vector<std::string> lines;
    vae.user = &lines;
    vae.log = [](const char* line, void* user) {
        static_cast<std::vector<std::string>*>(user)->emplace_back(line);
    };
    ASSERT_EQ(mf_model_attach_vae(latents.get(), &vae), MF_OK) << mf_last_error();
    EXPECT_TRUE(lines.empty()) << lines[0];
    vae.path = others.c_str();
    // Twice: what is known of the first autoencoder goes with it.
    for (const std::size_t told : {1, 2}) {
        ASSERT_EQ(mf_model_attach_vae(latents.get(), &vae), MF_OK) << mf_last_error();
        ASSERT_EQ(lines.size(), told);
        EXPECT_NE(lines.back().find("were left out"), std::string::npos) << lines.back();
    }
    char* json = nullptr;
    ASSERT_EQ(mf_model_describe(latents.get(), &json), MF_OK);
    const std::string about = Text(json).get();
    const std::size_t first = about.find("were left out");
    ASSERT_NE(first, std::string::npos);
    EXPECT_EQ(about.find("were left out", first + 1), std::string::npos);
    // An autoencoder too large for its memory.
    vae.bytes = 1;
    expect_words(mf_model_attach_vae(latents.get(), &vae), MF_ERROR, "more memory (bytes)");
    EXPECT_EQ(lines.size(), 2U);
}

TEST(CWords, OfAnAutoencoderGoToTheLogOfTheModelWhereItHasNone) {
    const Scratch scratch;
    const std::string others = written_vae(scratch, true);
    const TrainingHandle training = images_training(8, 4);
    mf_vae_options vae = made(mf_vae_options_init);
    vae.path = others.c_str();
    std::vector<std::string> lines;
    mf_model_options options = made(mf_model_options_init);
    options.vae = &vae;
    options.user = &lines;
    options.log = [](const char* line, void* user) {
        static_cast<std::vector<std::string>*>(user)->emplace_back(line);
    };
    mf_model* model = nullptr;
    ASSERT_EQ(mf_training_model(training.get(), &options, &model), MF_OK) << mf_last_error();
    const ModelHandle handle(model);
    ASSERT_FALSE(lines.empty());
    EXPECT_NE(lines.back().find("were left out"), std::string::npos);
}

}  // namespace

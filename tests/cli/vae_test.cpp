// SPDX-License-Identifier: MIT
// sample --vae: latents become pictures; files that are no autoencoder are called what they are.
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "cli/program.hpp"
#include "data/images.hpp"
#include "io/array_numbers.hpp"
#include "io/npz.hpp"
#include "io/png.hpp"
#include "models/vae_files.hpp"
#include "nn/latent_scale.hpp"
#include "ops/cpu/cpu_device.hpp"

namespace {

using namespace mf;
using test::Outcome;
using test::run_program;
using test::Scratch;

class SampleVae : public testing::Test {
  protected:
    static void SetUpTestSuite() {
        scratch = new Scratch;
        const Outcome trained = run_program(*scratch, {"train",
                                                       "toy/imf",
                                                       "data.name=noise",
                                                       "data.size=4",
                                                       "data.channels=4",
                                                       "data.classes=3",
                                                       "model.name=mit",
                                                       "model.size=T",
                                                       "model.hidden=16",
                                                       "model.depth=2",
                                                       "model.heads=2",
                                                       "model.head_depth=1",
                                                       "objective.guidance=flexible",
                                                       "train.batch=8",
                                                       "train.steps=2",
                                                       "--threads",
                                                       "2",
                                                       "--quiet",
                                                       "--out",
                                                       "run"});
        ASSERT_EQ(trained.code, 0) << trained.err;
        const Outcome converted = run_program(*scratch, {"convert", "run", "model.safetensors"});
        ASSERT_EQ(converted.code, 0) << converted.err;
        Team team(1);
        vae = new SdVae(test::small_vae());
        test::fill_vae(*vae, 9, team);
        write_safetensors(*scratch / "vae.safetensors", test::file_of(*vae));
        write_safetensors(*scratch / "compvis.safetensors", test::compvis_file(test::file_of(*vae), 3));
        vae->prepare(team, Precision::f32);  // as the program does: inference has kernels of its own
    }
    static void TearDownTestSuite() {
        delete vae;
        delete scratch;
    }
    static Outcome sample(std::vector<std::string> words, const std::string& threads = "2") {
        words.insert(words.begin(), {"sample", "model.safetensors", "--threads", threads, "--count", "3"});
        return run_program(*scratch, words);
    }
    static std::vector<float> floats_of(const std::string& name) {
        const ArrayFile file(*scratch / name);
        const Tensor array = to_floats(file.read(file.has("samples") ? "samples" : "arr_0"), name);
        return {array.floats().begin(), array.floats().end()};
    }

    static Scratch* scratch;
    static SdVae* vae;
};
Scratch* SampleVae::scratch = nullptr;
SdVae* SampleVae::vae = nullptr;

TEST_F(SampleVae, PicturesAreWhatTheAutoencoderMakesOfTheLatents) {
    ASSERT_EQ(sample({"--out", "latents.npz"}).code, 0);
    for (const char* scale : {"imf", "sd", "none"}) {
        const Outcome drawn =
            sample({"--vae", "vae.safetensors", "--latents", scale, "--out", "pictures.npz"});
        ASSERT_EQ(drawn.code, 0) << drawn.err;
        std::vector<float> latents = floats_of("latents.npz");
        latent_scale(scale, 4).to_latents(latents);
        Team team(2);
        Pool pool;
        CpuDevice device(team);
        Tensor z({3, 4, 4, 4}, DType::f32);
        std::ranges::copy(latents, z.f32());
        const Tensor want = vae->decode({device, pool}, z).value;
        const std::vector<float> got = floats_of("pictures.npz");
        ASSERT_EQ(got.size(), static_cast<std::size_t>(want.count())) << scale;
        EXPECT_TRUE(std::equal(got.begin(), got.end(), want.f32())) << scale;
    }
}

TEST_F(SampleVae, SheetsFoldersAndPixelsHoldPictures) {
    const std::vector<std::string> how = {"--vae", "vae.safetensors", "--labels", "2,0", "--omega", "2"};
    const auto with = [&](std::vector<std::string> words) {
        words.insert(words.end(), how.begin(), how.end());
        return sample(words);
    };
    ASSERT_EQ(with({"--out", "sheet.png", "--zoom", "1", "--columns", "3"}).code, 0);
    EXPECT_GE(read_png(*scratch / "sheet.png").width, 3 * 16);
    ASSERT_EQ(with({"--out", "pixels.npz", "--pixels"}).code, 0);
    ASSERT_EQ(with({"--out", "floats.npz"}).code, 0);
    const std::vector<float> bytes = floats_of("pixels.npz"), floats = floats_of("floats.npz");
    ASSERT_EQ(bytes.size(), floats.size());
    for (std::size_t i = 0; i < bytes.size(); ++i) ASSERT_EQ(bytes[i], byte_of_value(floats[i])) << i;
    ASSERT_EQ(with({"--out", "folder"}).code, 0);
    const Picture first = read_png(*scratch / "folder" / "000000_2.png");
    ASSERT_EQ(first.pixels.size(), 16U * 16 * 3);
    for (std::size_t i = 0; i < first.pixels.size(); ++i)
        ASSERT_EQ(first.pixels[i], byte_of_value(floats[i])) << i;
}

TEST_F(SampleVae, WithoutACountThereAreFourOfEachLabel) {
    const std::vector<std::string> words = {
        "sample", "model.safetensors", "--vae", "vae.safetensors", "--labels", "2,0", "--json", "--out",
        "few.png"};
    const Outcome drawn = run_program(*scratch, words);
    ASSERT_EQ(drawn.code, 0) << drawn.err;
    EXPECT_EQ(nlohmann::json::parse(drawn.out).at("outputs").at(0).at("count"), 8);
    const Picture sheet = read_png(*scratch / "few.png");
    EXPECT_GT(sheet.height, sheet.width * 3 / 2) << "a column for each label, four rows";
}

TEST_F(SampleVae, EveryFormOfTheFileGivesTheSamePictures) {
    ASSERT_EQ(sample({"--vae", "vae.safetensors", "--out", "a.npz"}).code, 0);
    const Outcome other = sample({"--vae", "compvis.safetensors", "--out", "b.npz"});
    ASSERT_EQ(other.code, 0) << other.err;
    EXPECT_NE(other.err.find("2 tensors that are not of its autoencoder were left out"), std::string::npos)
        << other.err;
    EXPECT_EQ(floats_of("a.npz"), floats_of("b.npz"));
}

TEST_F(SampleVae, HalvesAndTilesGiveNearlyTheSamePictures) {
    TensorFile halves = test::file_of(*vae);
    for (auto& [name, tensor] : halves.tensors) {
        Tensor half(tensor.shape(), DType::bf16);
        half.copy_from(tensor);
        tensor = half;
    }
    write_safetensors(*scratch / "halves.safetensors", halves);
    ASSERT_EQ(sample({"--vae", "vae.safetensors", "--side", "32", "--out", "whole.npz"}).code, 0);
    const std::vector<float> whole = floats_of("whole.npz");
    const auto off = [&](std::vector<std::string> words, std::string* said) {
        words.insert(words.end(), {"--side", "32", "--out", "other.npz"});
        const Outcome outcome = sample(words, "1");  // many small steps, which threads only wait for
        EXPECT_EQ(outcome.code, 0) << outcome.err;
        *said = outcome.err;
        const std::vector<float> other = floats_of("other.npz");
        double out = 0;
        for (std::size_t i = 0; i < whole.size(); ++i)
            out = std::max(out, std::abs(static_cast<double>(other[i]) - whole[i]));
        return out;
    };
    std::string said;
    EXPECT_LT(off({"--vae", "halves.safetensors"}, &said), 0.1);
    EXPECT_EQ(said.find("tiles"), std::string::npos);
    EXPECT_LT(off({"--vae", "vae.safetensors", "--vae-memory", "1"}, &said), 2.0 / 255);
    EXPECT_NE(said.find("it goes in tiles"), std::string::npos) << said;
}

TEST_F(SampleVae, StatesOnTheWayAreDecodedToo) {
    ASSERT_EQ(sample({"--vae", "vae.safetensors", "--steps", "2", "--record", "2", "--out", "way.npz"}).code,
              0);
    const ArrayFile file(*scratch / "way.npz");
    const Tensor recorded = to_floats(file.read("recorded"), "recorded");
    EXPECT_EQ(recorded.shape(), (Shape{2, 3, 16, 16, 3}));
    const std::vector<float> last = floats_of("way.npz");
    EXPECT_TRUE(std::equal(last.begin(), last.end(), recorded.f32() + last.size()));
}

/// One line of error that holds `part`.
void expect_refused(const Outcome& outcome, int code, const std::string& part) {
    EXPECT_EQ(outcome.code, code) << outcome.err;
    EXPECT_NE(outcome.err.find(part), std::string::npos) << outcome.err;
}

TEST_F(SampleVae, WhatIsNoAutoencoderIsCalledWhatItIs) {
    expect_refused(sample({"--vae", "model.safetensors", "--out", "x.png"}), 1,
                   "looks like an iMF transformer");
    TensorFile inception;
    inception.tensors.emplace("Mixed_5b.branch1x1.conv.weight", Tensor::zeros({4, 4, 1, 1}));
    write_safetensors(*scratch / "inception.safetensors", inception);
    expect_refused(sample({"--vae", "inception.safetensors", "--out", "x.png"}), 1,
                   "looks like the Inception network");
    expect_refused(sample({"--vae", "nothing.safetensors", "--out", "x.png"}), 1, "nothing.safetensors");

    TensorFile part = test::file_of(*vae);
    part.tensors.erase("decoder.conv_out.bias");
    part.tensors.emplace("decoder.conv_out.biases", Tensor::zeros({3}));
    write_safetensors(*scratch / "part.safetensors", part);
    expect_refused(sample({"--vae", "part.safetensors", "--out", "x.png"}), 1,
                   "1 missing: decoder.conv_out.bias");

    TensorFile broken = test::file_of(*vae);
    Tensor nan = Tensor::zeros({3});
    nan.f32()[1] = std::nanf("");
    broken.tensors["decoder.conv_out.bias"] = nan;
    write_safetensors(*scratch / "nan.safetensors", broken);
    expect_refused(sample({"--vae", "nan.safetensors", "--out", "x.png"}), 1,
                   "decoder.conv_out.bias holds nan");

    TensorFile grouped = test::file_of(*vae);
    grouped.metadata["norm_num_groups"] = "5";
    write_safetensors(*scratch / "five.safetensors", grouped);
    expect_refused(sample({"--vae", "five.safetensors", "--out", "x.png"}), 1, "norms of 5 groups");
}

TEST_F(SampleVae, OptionsThatDoNotGoTogetherAreRefused) {
    expect_refused(sample({"--latents", "sd", "--out", "x.npz"}), 2, "--latents");
    expect_refused(sample({"--out", "x.png"}), 2, "--vae FILE makes pictures of them");
    SdVae wide({.latents = 16, .channels = {8}, .layers = 1, .groups = 4});
    Team team(1);
    test::fill_vae(wide, 1, team);
    write_safetensors(*scratch / "wide.safetensors", test::file_of(wide));
    expect_refused(sample({"--vae", "wide.safetensors", "--out", "x.png"}), 2, "latents of 16 channels");
}

TEST_F(SampleVae, InfoTellsWhatAnAutoencoderIs) {
    const Outcome said = run_program(*scratch, {"info", "compvis.safetensors"});
    ASSERT_EQ(said.code, 0) << said.err;
    EXPECT_NE(said.out.find("a checkpoint of Stable Diffusion"), std::string::npos) << said.out;
    const Outcome plain = run_program(*scratch, {"info", "vae.safetensors", "--json"});
    const std::string network = nlohmann::json::parse(plain.out).at("network");
    EXPECT_NE(network.find("an autoencoder (VAE), names of diffusers: channels 8, 8, 12, 1 layer a level"),
              std::string::npos)
        << network;
}

}  // namespace

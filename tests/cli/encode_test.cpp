// SPDX-License-Identifier: MIT
// data encode, and what is learnt of it: pictures to latents, killed and gone on with, trained on, sampled, decoded.
#include <csignal>
#include <thread>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "cli/program.hpp"
#include "data/filtered_resize.hpp"
#include "data/images.hpp"
#include "io/png.hpp"
#include "io/safetensors.hpp"
#include "models/vae_files.hpp"
#include "ops/cpu/cpu_device.hpp"
#include "support/picture_bytes.hpp"

namespace {

using namespace mf;
using test::Outcome;
using test::Program;
using test::run_program;
using test::Scratch;

class Encode : public testing::Test {
  protected:
    void SetUp() override {
        Team team(1);
        vae_ = std::make_unique<SdVae>(test::small_vae());
        test::fill_vae(*vae_, 9, team);
        write_safetensors(scratch_ / "vae.safetensors", test::file_of(*vae_));
    }
    /// A picture of 40 x 52 with numbers of its own.
    Picture put(const std::string& name, unsigned start) {
        Picture picture{52, 40, 3, {}};
        for (unsigned i = 0; i < 40 * 52 * 3; ++i)
            picture.pixels.push_back(static_cast<std::uint8_t>((i * i / 7 + start * i) % 251));
        std::filesystem::create_directories((scratch_ / name).parent_path());
        write_png(scratch_ / name, picture);
        return picture;
    }
    static std::vector<std::string> words(const std::string& images, const std::string& out,
                                          const std::vector<std::string>& more = {}) {
        std::vector<std::string> all = {"data",   "encode", images,      out, "--vae", "vae.safetensors",
                                        "--size", "16",     "--threads", "1"};
        all.insert(all.end(), more.begin(), more.end());
        return all;
    }
    Outcome encode(const std::string& images, const std::string& out,
                   const std::vector<std::string>& more = {}) {
        return run_program(scratch_, words(images, out, more));
    }
    std::vector<float> moments_of(const Picture& picture, bool mirrored) {
        std::vector<std::uint8_t> square =
            adm_crop({picture.pixels.data(), picture.width, picture.height, 3}, 16);
        Tensor x({1, 16, 16, 3}, DType::f32);
        for (std::size_t y = 0; y < 16; ++y)
            for (std::size_t i = 0; i < 16; ++i)
                for (std::size_t c = 0; c < 3; ++c)
                    x.f32()[(y * 16 + i) * 3 + c] =
                        value_of_byte(square[(y * 16 + (mirrored ? 15 - i : i)) * 3 + c]);
        Team team(1);
        Pool pool;
        CpuDevice device(team);
        const Tensor out = mean_and_std(vae_->moments({device, pool}, x).value);
        return {out.floats().begin(), out.floats().end()};
    }
    void expect_refused(const Outcome& outcome, int code, const std::string& part) {
        EXPECT_EQ(outcome.code, code) << outcome.err;
        EXPECT_NE(outcome.err.find(part), std::string::npos) << outcome.err;
    }
    Scratch scratch_;
    std::unique_ptr<SdVae> vae_;
};

TEST_F(Encode, MomentsAreThoseOfTheCroppedPictures) {
    const std::vector<Picture> pictures = {put("pics/cat/a.png", 3), put("pics/dog/b.png", 5)};
    const Outcome said = encode("pics", "lat", {"--flip", "--json"});
    ASSERT_EQ(said.code, 0) << said.err;
    const auto json = nlohmann::json::parse(said.out);
    EXPECT_EQ(json.at("count"), 2);
    EXPECT_EQ(json.at("shape"), (std::vector<int>{4, 4, 4}));
    const TensorFile file = read_safetensors(scratch_ / "lat" / "000000.safetensors");
    const Tensor& moments = file.tensors.at("moments");
    ASSERT_EQ(moments.shape(), (Shape{2, 2, 4, 4, 8}));
    const float* got = moments.f32();
    for (std::size_t i = 0; i < 2; ++i)
        for (const bool mirrored : {false, true})
            for (const float want : moments_of(pictures[i], mirrored))
                ASSERT_NEAR(*got++, want, 1e-4 * (1 + std::abs(want))) << i << mirrored;
    const auto* labels = static_cast<const std::int32_t*>(file.tensors.at("labels").raw());
    EXPECT_EQ((std::vector<std::int32_t>{labels[0], labels[1]}), (std::vector<std::int32_t>{0, 1}));
    ASSERT_EQ(encode("pics", "area", {"--crop", "area"}).code, 0);
    const TensorFile area = read_safetensors(scratch_ / "area" / "000000.safetensors");
    EXPECT_NE(area.tensors.at("moments").f32()[0], moments.f32()[0]);
}

TEST_F(Encode, KilledItGoesOnToTheSameBytes) {
    const std::vector<std::string> how = {"--count", "40", "--shard", "4", "--flip"};
    ASSERT_EQ(encode("shapes", "whole", how).code, 0);
    for (const int kill_after : {0, 3, 7}) {
        const auto last =
            scratch_ / "lat" / (std::string("00000") + std::to_string(kill_after) + ".safetensors");
        Program killed(scratch_, words("shapes", "lat", how), {});
        while (killed.running() && !std::filesystem::exists(last))
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        killed.send(SIGKILL);
        killed.wait();
    }
    const Outcome done = encode("shapes", "lat", how);
    ASSERT_EQ(done.code, 0) << done.err;
    for (const auto& entry : std::filesystem::directory_iterator(scratch_ / "whole")) {
        const std::string name = entry.path().filename().string();
        if (name == ".lock") continue;
        EXPECT_EQ(test::text_of(entry.path()), test::text_of(scratch_ / "lat" / name)) << name;
    }
    for (const auto& entry : std::filesystem::directory_iterator(scratch_ / "lat"))
        EXPECT_FALSE(entry.path().filename().string().ends_with(".tmp")) << entry.path();
    // A finished file that is damaged is made again, and the others are not.
    std::string bytes = test::text_of(scratch_ / "whole" / "000005.safetensors");
    bytes[bytes.size() / 2] ^= 1;
    std::ofstream(scratch_ / "lat" / "000005.safetensors", std::ios::binary) << bytes;
    const Outcome mended = encode("shapes", "lat", {"--count", "40", "--shard", "4", "--flip", "--json"});
    EXPECT_NE(mended.err.find("000005.safetensors: does not have its checksum"), std::string::npos)
        << mended.err;
    EXPECT_EQ(nlohmann::json::parse(mended.out).at("reused"), 36);
    EXPECT_EQ(test::text_of(scratch_ / "whole" / "000005.safetensors"),
              test::text_of(scratch_ / "lat" / "000005.safetensors"));
    EXPECT_EQ(test::text_of(scratch_ / "whole" / "latents.json"),
              test::text_of(scratch_ / "lat" / "latents.json"));
}

TEST_F(Encode, OtherSetsAreNotMixed) {
    put("pics/a.png", 3);
    ASSERT_EQ(encode("pics", "lat").code, 0);
    expect_refused(encode("pics", "lat", {"--crop", "area"}), 1, "crop was adm, now area");
    expect_refused(encode("pics", "lat", {"--flip"}), 1, "flip was false, now true");
    put("pics/b.png", 4);
    expect_refused(encode("pics", "lat"), 1, "pictures was 1 of");
    Team team(1);
    test::fill_vae(*vae_, 10, team);
    std::filesystem::remove(scratch_ / "pics" / "b.png");
    write_safetensors(scratch_ / "vae.safetensors", test::file_of(*vae_));
    expect_refused(encode("pics", "lat"), 1, "vae was crc32c:");
    expect_refused(encode("pics", "pics"), 1, "holds something else");
}

TEST_F(Encode, WhatCannotBeEncodedIsSaid) {
    put("pics/a.png", 3);
    put("pics/c.png", 4);
    std::ofstream(scratch_ / "pics" / "b.png") << test::text_of(scratch_ / "pics" / "a.png").substr(0, 60);
    expect_refused(encode("pics", "lat"), 1, "data.bad=skip");
    const Outcome skipped = encode("pics", "skipped", {"data.bad=skip", "--shard", "1"});
    ASSERT_EQ(skipped.code, 0) << skipped.err;
    EXPECT_NE(skipped.out.find("2 latents"), std::string::npos) << skipped.out;
    EXPECT_NE(skipped.out.find("1 pictures were left out"), std::string::npos) << skipped.out;
    const Outcome read = run_program(scratch_, {"data", "stats", "latents", "data.path=skipped"});
    EXPECT_NE(read.out.find("2 samples of shape (4, 4, 4)"), std::string::npos) << read.out << read.err;

    expect_refused(encode("shapes", "x"), 2, "endless");
    expect_refused(encode("moons", "x", {"--count", "3"}), 2, "encodes pictures");
    expect_refused(encode("nothing", "x"), 1, "nothing: there is no such file or folder");
    expect_refused(encode("pics", "x", {"data.size=32"}), 2, "--size, --crop and --flip");
    expect_refused(encode("pics", "x", {"--size", "18"}), 2, "a multiple of 4");
    expect_refused(run_program(scratch_, {"data", "encode", "pics", "x"}), 2, "--vae");
    TensorFile half;
    for (const auto& [name, tensor] : test::file_of(*vae_).tensors)
        if (name.starts_with("decoder.") || name.starts_with("post")) half.tensors.emplace(name, tensor);
    write_safetensors(scratch_ / "half.safetensors", half);
    expect_refused(run_program(scratch_, {"data", "encode", "pics", "x", "--vae", "half.safetensors"}), 1,
                   "holds the decoder of an autoencoder alone");
}

TEST_F(Encode, WhatIsEncodedIsLearntResumedAndDrawn) {
    ASSERT_EQ(encode("shapes", "lat", {"--count", "12", "--flip"}).code, 0);
    const auto train = [&](const std::string& out, const std::string& steps, bool resume) {
        std::vector<std::string> all = {"train",
                                        "toy/imf",
                                        "data.name=latents",
                                        "data.path=lat",
                                        "data.latents=sd",
                                        "model.name=mit",
                                        "model.size=T",
                                        "model.hidden=16",
                                        "model.depth=2",
                                        "model.heads=2",
                                        "model.head_depth=1",
                                        "objective.guidance=flexible",
                                        "train.batch=8",
                                        "train.steps=" + steps,
                                        "--threads",
                                        "1",
                                        "--quiet",
                                        "--out",
                                        out};
        if (resume) all.emplace_back("--resume");
        return run_program(scratch_, all);
    };
    const Outcome whole = train("whole", "4", false);
    ASSERT_EQ(whole.code, 0) << whole.err;
    ASSERT_EQ(train("parts", "2", false).code, 0);
    const Outcome resumed = train("parts", "4", true);
    ASSERT_EQ(resumed.code, 0) << resumed.err;
    for (const char* run : {"whole", "parts"})
        ASSERT_EQ(run_program(scratch_, {"sample", run, "--count", "4", "--labels", "heart", "--threads", "1",
                                         "--out", std::string(run) + ".npy"})
                      .code,
                  0);
    EXPECT_EQ(test::text_of(scratch_ / "whole.npy"), test::text_of(scratch_ / "parts.npy"));
    // The run knows its own scale: auto is sd here.
    for (const char* scale : {"auto", "sd", "imf"}) {
        const Outcome drawn =
            run_program(scratch_, {"sample", "whole", "--vae", "vae.safetensors", "--latents", scale,
                                   "--count", "4", "--threads", "1", "--out", std::string(scale) + ".npy"});
        ASSERT_EQ(drawn.code, 0) << drawn.err;
    }
    EXPECT_EQ(test::text_of(scratch_ / "auto.npy"), test::text_of(scratch_ / "sd.npy"));
    EXPECT_NE(test::text_of(scratch_ / "auto.npy"), test::text_of(scratch_ / "imf.npy"));
    const Outcome peek = run_program(scratch_, {"data", "peek", "latents", "data.path=lat"});
    expect_refused(peek, 2, "are no pictures");
    const Outcome sheets =
        run_program(scratch_, {"train", "toy/imf", "data.name=latents", "data.path=lat", "model.name=mit",
                               "model.size=T", "sample.every=1", "train.steps=1", "--out", "y"});
    expect_refused(sheets, 2, "sample.every=1");
}

}  // namespace

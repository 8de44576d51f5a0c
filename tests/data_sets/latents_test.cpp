// SPDX-License-Identifier: MIT
#include <cmath>
#include <fstream>
#include <set>

#include "data/latent_manifest.hpp"
#include "data_sets/image_files.hpp"
#include "io/safetensors.hpp"
#include "io/safetensors_header.hpp"

namespace {

using namespace mf;
using namespace mf::test;

/// A folder of latents (2, 3, channels) in two files, 3 and 2 of them. Number k of latent i, variant v, has the mean
/// 100 i + 50 v + k / 8 and the deviation `deviation`.
class Latents : public testing::Test {
  protected:
    void put(int variants = 2, std::int64_t channels = 4, float deviation = 0, DType numbers = DType::f32) {
        manifest_ = {{{"vae", "crc32c:0"}}, {2, 3, channels}, variants, {"cat", "dog"}, {}, true};
        std::int64_t first = 0;
        for (const std::int64_t count : {3, 2}) {
            Tensor wide({count, variants, 2, 3, 2 * channels}, DType::f32);
            float* out = wide.f32();
            for (std::int64_t i = first; i < first + count; ++i)
                for (int v = 0; v < variants; ++v)
                    for (std::int64_t p = 0; p < 6; ++p)
                        for (std::int64_t c = 0; c < 2 * channels; ++c)
                            *out++ = c < channels ? mean(i, v, p * channels + c) : deviation;
            TensorFile file;
            file.tensors["moments"] = Tensor(wide.shape(), numbers);
            file.tensors["moments"].copy_from(wide);
            file.tensors["labels"] = Tensor({count}, DType::i32);
            for (std::int64_t i = 0; i < count; ++i)
                static_cast<std::int32_t*>(file.tensors["labels"].raw())[i] =
                    static_cast<std::int32_t>((first + i) % 2);
            const std::string name = std::to_string(first) + ".safetensors";
            write_safetensors(scratch_ / name, file);
            manifest_.shards.push_back(measured_shard(scratch_.folder(), name, count));
            first += count;
        }
        write_manifest(scratch_.folder(), manifest_);
    }
    static float mean(std::int64_t i, int v, std::int64_t k) {
        return static_cast<float>(100 * i + 50 * v) + static_cast<float>(k) / 8;
    }
    std::unique_ptr<Dataset> make(const Options& options = {}, const DataPlan& plan = {}) {
        return make_set("latents", scratch_.folder(), options, plan);
    }
    std::string error(const Options& options = {}) {
        return set_error("latents", scratch_.folder(), options);
    }
    static std::vector<float> drawn(const Dataset& data, std::int64_t count, std::uint64_t first = 0,
                                    Stream stream = Stream::data) {
        std::vector<float> out(static_cast<std::size_t>(count * data.sample_shape().count()));
        data.draw(out.data(), nullptr, Random(7, stream), first, count);
        return out;
    }
    Scratch scratch_;
    LatentManifest manifest_;
};

TEST_F(Latents, AreStandardisedChannelByChannel) {
    put();
    const double means[] = {0.86488, -0.27787343, 0.21616915, 0.3738409};
    const double deviations[] = {4.85503674, 5.31922414, 3.93725398, 3.9870003};
    for (const char* scale : {"auto", "imf", "sd", "none"}) {
        const auto data = make({{"data.latents", scale}});
        EXPECT_EQ(data->sample_shape(), (Shape{2, 3, 4}));
        EXPECT_EQ(data->size(), 5);
        std::vector<float> got(24);
        for (std::int64_t i = 0; i < 5; ++i) {
            std::int32_t label = -1;
            data->images()->stored(got.data(), &label, i);
            EXPECT_EQ(label, i % 2);
            for (std::size_t k = 0; k < 24; ++k) {
                const double plain = mean(i, 0, static_cast<std::int64_t>(k));
                const std::string name(scale);
                const double want = name == "none" ? plain
                                    : name == "sd" ? plain * 0.18215
                                                   : (plain - means[k % 4]) / deviations[k % 4];
                EXPECT_NEAR(got[k], want, 1e-5 * (1 + std::abs(want))) << scale << " " << i << " " << k;
            }
        }
    }
}

TEST_F(Latents, ASampleIsTheSameHoweverTheBatchIsCut) {
    put(2, 4, 0.5F);
    const auto data = make();
    const std::vector<float> whole = drawn(*data, 23, 4);
    for (std::int64_t k = 0; k < 23; ++k) {
        const std::vector<float> one = drawn(*data, 1, static_cast<std::uint64_t>(4 + k));
        EXPECT_TRUE(std::equal(one.begin(), one.end(), whole.begin() + 24 * k)) << k;
    }
    EXPECT_NE(drawn(*data, 23, 4, Stream::evaluation), whole);
}

TEST_F(Latents, DrawsWithTheDeviationAndOtherNoiseEachTime) {
    put(1, 4, 2);
    const auto data = make({{"data.latents", "none"}});
    const std::int64_t count = 4000;
    const std::vector<float> all = drawn(*data, count);
    double sum = 0, squares = 0;
    std::set<float> different;
    for (std::int64_t k = 0; k < count; ++k) {
        // Latents are 100 apart and their deviation is 2.
        const float first = all[static_cast<std::size_t>(24 * k)];
        const double noise = first - mean(std::lround(first / 100), 0, 0);
        sum += noise;
        squares += noise * noise;
        different.insert(first);
    }
    EXPECT_NEAR(sum / count, 0, 5 * 2 / std::sqrt(count));
    EXPECT_NEAR(std::sqrt(squares / count), 2, 0.15);
    EXPECT_GT(different.size(), static_cast<std::size_t>(count * 0.95));
    // Every epoch visits each latent once.
    for (std::int64_t epoch = 0; epoch < 20; ++epoch) {
        std::set<long> seen;
        for (std::int64_t k = 5 * epoch; k < 5 * epoch + 5; ++k)
            seen.insert(std::lround(all[static_cast<std::size_t>(24 * k)] / 100));
        EXPECT_EQ(seen.size(), 5U) << epoch;
    }
    const std::vector<float> still = drawn(*make({{"data.latents", "none"}, {"data.sample", "false"}}), 50);
    for (std::int64_t k = 0; k < 50; ++k) {
        const float first = still[static_cast<std::size_t>(24 * k)];
        EXPECT_EQ(first, mean(std::lround(first / 100), 0, 0));
    }
}

/// How many of 400 samples are mirrored.
std::int64_t mirrored(const std::vector<float>& values) {
    std::int64_t out = 0;
    for (std::size_t at = 0; at < values.size(); at += 24) out += std::lround(values[at] / 50) % 2;
    return out;
}

TEST_F(Latents, MirroredOnesAreTakenHalfOfTheTimeWhereThereAreSome) {
    put();
    EXPECT_NEAR(static_cast<double>(mirrored(drawn(*make({{"data.latents", "none"}}), 400))), 200, 50);
    EXPECT_EQ(mirrored(drawn(*make({{"data.latents", "none"}, {"data.flip", "false"}}), 400)), 0);
    put(1);
    EXPECT_EQ(mirrored(drawn(*make({{"data.latents", "none"}}), 400)), 0);
    EXPECT_TRUE(has(error({{"data.flip", "true"}}),
                    "holds no mirrored pictures hint: 'meanflow data encode --flip'"));
}

TEST_F(Latents, HalfPrecisionAndOtherNumbersOfChannels) {
    put(2, 8, 0.25F, DType::bf16);
    EXPECT_TRUE(has(error(), "nothing says how latents of 8 channels are standardised"));
    EXPECT_TRUE(has(error({{"data.latents", "imf"}}), "statistics imf are of 4 channels"));
    const auto data = make({{"data.latents", "none"}});
    std::vector<float> got(48);
    data->images()->stored(got.data(), nullptr, 1);
    for (std::size_t k = 0; k < got.size(); ++k)
        EXPECT_NEAR(got[k], mean(1, 0, static_cast<std::int64_t>(k)), 0.5) << k;  // 8 bits of 100
}

TEST_F(Latents, LabelsFollowAnOrderThatIsFixed) {
    put();
    const auto data = make({}, {.class_order = std::vector<std::string>{"dog", "bird", "cat"}});
    EXPECT_EQ(data->images()->class_names(), (Names{"dog", "bird", "cat"}));
    std::vector<float> values(24);
    std::int32_t label = -1;
    data->images()->stored(values.data(), &label, 0);
    EXPECT_EQ(label, 2);
    EXPECT_EQ(data->images()->print().counts, (std::vector<std::int64_t>{2, 0, 3}));
    EXPECT_TRUE(
        has(set_error("latents", scratch_.folder(), {}, {.class_order = std::vector<std::string>{"dog"}}),
            "there are pictures of cat"));
}

TEST_F(Latents, WhatIsDamagedIsNamed) {
    EXPECT_TRUE(has(error(), "holds no latents.json"));
    put();
    manifest_.complete = false;
    write_manifest(scratch_.folder(), manifest_);
    EXPECT_TRUE(has(error(), "is not finished: 5 latents so far"));
    put();
    std::string bytes = slurp(scratch_ / "3.safetensors");
    bytes.back() ^= 1;
    scratch_.put("3.safetensors", bytes);
    EXPECT_EQ(error(), "");
    EXPECT_TRUE(has(error({{"data.check", "true"}}), "3.safetensors: does not have its checksum"));
    scratch_.put("3.safetensors", bytes + "x");
    EXPECT_TRUE(has(error(), "expected " + std::to_string(bytes.size())));
    std::filesystem::remove(scratch_ / "3.safetensors");
    EXPECT_TRUE(has(error(), "3.safetensors: is missing"));
    put();
    manifest_.shape = {2, 3, 5};
    write_manifest(scratch_.folder(), manifest_);
    EXPECT_TRUE(has(error({{"data.latents", "none"}}), "moments of shape (3, 2, 2, 3, 8)"));
    put();
    manifest_.class_names = {"cat"};
    write_manifest(scratch_.folder(), manifest_);
    EXPECT_TRUE(has(error(), "label 1, expected 0 to 0"));
    manifest_.shards[0].file = "../3.safetensors";
    write_manifest(scratch_.folder(), manifest_);
    EXPECT_TRUE(has(error(), "a file of it is called '../3.safetensors'"));
    const std::string list = slurp(scratch_ / "latents.json");
    for (std::size_t length = 0; length < list.size() - 2; length += 7) {
        scratch_.put("latents.json", list.substr(0, length));
        EXPECT_TRUE(has(error(), "latents.json")) << length;
    }
    scratch_.put("latents.json", "[]");
    EXPECT_TRUE(has(error(), "is no list of latents"));
}

std::int64_t resident_bytes() {
    std::int64_t whole = 0, resident = 0;
    std::ifstream("/proc/self/statm") >> whole >> resident;
    return resident * ::sysconf(_SC_PAGESIZE);
}

// 40 GiB of latents, almost all of them a hole in the file.
TEST_F(Latents, MoreThanMemoryIsReadWithinAFewMegabytes) {
    const std::int64_t count = 40 * 32768, each = 32 * 32 * 8 * 4, marked = count - 5;
    SafetensorsHeader header;
    header.tensors["moments"] = {
        DType::f32, {count, 1, 32, 32, 8}, 0, static_cast<std::uint64_t>(count * each)};
    const std::string text = safetensors_header_text(header, "sparse");
    const auto path = scratch_.put("0.safetensors", text);
    const std::uint64_t bytes = text.size() + static_cast<std::uint64_t>(count * each);
    std::filesystem::resize_file(path, bytes);
    {
        const std::vector<float> threes(32 * 32 * 8, 3.0F);
        std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(static_cast<std::streamoff>(text.size()) + marked * each);
        file.write(reinterpret_cast<const char*>(threes.data()), each);
    }
    write_manifest(scratch_.folder(), {{}, {32, 32, 4}, 1, {}, {{"0.safetensors", count, bytes, ""}}, true});
    const auto data = make({{"data.latents", "none"}, {"data.sample", "false"}});
    EXPECT_EQ(data->size(), count);
    std::vector<float> one(32 * 32 * 4);
    data->images()->stored(one.data(), nullptr, marked);
    EXPECT_EQ(std::set<float>(one.begin(), one.end()), std::set<float>{3.0F});
    const std::int64_t before = resident_bytes();
    std::int64_t most = 0;
    for (std::uint64_t k = 0; k < 3000; ++k) {
        data->draw(one.data(), nullptr, Random(1, Stream::data), k, 1);
        if (k % 100 == 0) most = std::max(most, resident_bytes() - before);
    }
    EXPECT_LT(most, 8 << 20) << "3000 latents are " << ((3000 * each) >> 20) << " MiB";
}

}  // namespace

// SPDX-License-Identifier: MIT
#include "io/torch_file.hpp"

#include <gtest/gtest.h>

#include "io/scratch.hpp"
#include "io/weights_file.hpp"
#include "support/torch_bytes.hpp"

namespace {

using namespace mf;
using namespace mf::test;
namespace t = mf::test::torch;

std::vector<float> numbers(const Tensor& tensor) {
    const auto all = tensor.floats();
    return {all.begin(), all.end()};
}

const std::string kTwelve = t::storage("FloatStorage", "0", 12);

TEST(TorchFile, StridesPartsAndSharedStorages) {
    const Scratch scratch;
    const std::string body = t::dict({{"plain", t::tensor(kTwelve, 0, {3, 4}, {4, 1})},
                                      {"turned", t::tensor(kTwelve, 0, {4, 3}, {1, 4})},
                                      {"part", t::tensor(kTwelve, 5, {2, 2}, {4, 1})},
                                      {"again", t::tensor(kTwelve, 3, {4}, {0})},
                                      {"one", t::tensor(kTwelve, 7, {}, {})},
                                      {"none", t::tensor(kTwelve, 0, {0, 4}, {4, 1})}});
    for (const bool old : {false, true}) {
        const auto path = scratch.put("a.pth", old ? t::legacy(body, {{"0", t::floats(12)}})
                                                   : t::archive(body, {{"0", t::floats(12)}}));
        const NamedTensors file = read_torch_file(path, TorchSums::check);
        EXPECT_EQ(file.form, old ? WeightsForm::torch_legacy : WeightsForm::torch_zip);
        EXPECT_EQ(numbers(file.tensors.at("plain")),
                  (std::vector<float>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}));
        EXPECT_EQ(numbers(file.tensors.at("turned")),
                  (std::vector<float>{0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11}));
        EXPECT_EQ(numbers(file.tensors.at("part")), (std::vector<float>{5, 6, 9, 10}));
        EXPECT_EQ(numbers(file.tensors.at("again")), (std::vector<float>{3, 3, 3, 3}));
        EXPECT_EQ(numbers(file.tensors.at("one")), (std::vector<float>{7}));
        EXPECT_EQ(file.tensors.at("one").shape().rank(), 0);
        EXPECT_EQ(file.tensors.at("none").shape(), (Shape{0, 4}));
    }
}

/// What tools/make_torch_test_files.py puts into imf_tiny.pth: number i of tensor `salt`.
float hashed(std::int64_t i, std::int64_t salt) {
    return static_cast<float>((i * 2654435761 + salt * 40503) % 65536 - 32768) / 32768;
}

TEST(TorchFile, WhatPyTorchWroteIsReadBitForBit) {
    const NamedTensors file = read_weights_file(data("imf_tiny.pth"), TorchSums::check);
    EXPECT_EQ(file.form, WeightsForm::torch_zip);
    EXPECT_GT(file.tensors.size(), 45U);
    EXPECT_EQ(file.tensors.at("net.shared_blocks.0.attn.q_norm.weight").shape(), Shape{2});
    // The first tensors of the official list.
    const char* names[] = {"net.time_tokens", "net.class_tokens", "net.omega_tokens"};
    for (std::int64_t salt = 0; salt < 3; ++salt) {
        const Tensor& tensor = file.tensors.at(names[salt]);
        for (std::int64_t i = 0; i < tensor.count(); ++i)
            ASSERT_EQ(tensor.f32()[i], hashed(i, salt)) << names[salt];
    }
}

TEST(TorchFile, EveryFormAndTypeOfPyTorch) {
    for (const char* name : {"varied.pth", "varied_older_form.pth", "varied_protocol4.pth"}) {
        const NamedTensors file = read_weights_file(data(name), TorchSums::check);
        const auto& all = file.tensors;
        EXPECT_EQ(numbers(all.at("model.module.turned"))[1], 6.0F) << name;
        EXPECT_EQ(all.at("model.module.turned").shape(), (Shape{6, 4}));
        EXPECT_EQ(numbers(all.at("model.module.every_second"))[11], 23.0F);
        EXPECT_EQ(numbers(all.at("model.module.expanded")), std::vector<float>(5, 3));
        EXPECT_EQ(numbers(all.at("model.module.scalar")), (std::vector<float>{2.5F}));
        EXPECT_EQ(all.at("model.module.empty").shape(), (Shape{0, 3}));
        EXPECT_EQ(numbers(all.at("model.module.parameter")), (std::vector<float>{0, 1, 2}));
        const std::vector<float> last = numbers(all.at("model.module.channels_last"));
        for (std::size_t i = 0; i < last.size(); ++i) EXPECT_EQ(last[i], static_cast<float>(i));
        EXPECT_EQ(numbers(all.at("statistics"))[5], 5.0F);
        EXPECT_EQ(all.at("statistics").shape(), (Shape{2, 3}));
        EXPECT_EQ(static_cast<const double*>(all.at("types.float64").raw())[3], 3.0);
        EXPECT_EQ(static_cast<const std::int64_t*>(all.at("types.int64").raw())[3], 3);
        EXPECT_EQ(to_float(static_cast<const float16*>(all.at("types.float16").raw())[3]), 3.0F);
        EXPECT_EQ(to_float(all.at("types.bfloat16").bf16()[3]), 3.0F);
        EXPECT_EQ(static_cast<const std::uint8_t*>(all.at("types.bool").raw())[1], 0);
        EXPECT_EQ(file.foreign.at("types.complex64").type, "C64");
        EXPECT_EQ(file.foreign.at("types.int8").type, "I8");
        EXPECT_TRUE(all.contains("optimizer.state.0.exp_avg")) << name;
        EXPECT_EQ(file.notes.at("epoch"), "12");
        EXPECT_EQ(file.notes.at("args"), "(argparse.Namespace, left out)");
    }
    EXPECT_TRUE(has(error_of([] { read_weights_file(data("scripted.pt")); }), "TorchScript"));
}

TEST(TorchFile, BytesInTheOtherOrder) {
    const Scratch scratch;
    const std::string body = t::dict({{"a", t::tensor(kTwelve, 0, {12}, {1})}});
    const auto path = scratch.put(
        "a.pt",
        t::archive({{"data.pkl", t::pickle(body)}, {"byteorder", "big"}, {"data/0", t::floats(12, true)}}));
    EXPECT_EQ(numbers(read_weights_file(path).tensors.at("a"))[11], 11.0F);
}

TEST(TorchFile, NestedDictsGiveJoinedNamesAndNotes) {
    const Scratch scratch;
    const std::string w = t::tensor(kTwelve, 0, {12}, {1});
    const std::string parameter = t::call("torch._utils", "_rebuild_parameter",
                                          {w, "\x88", t::global("collections", "OrderedDict") + ")R"});
    const std::string moments = "}(" + t::integer(0) + t::dict({{"exp_avg", w}}) + "u";
    const std::string ordered = t::global("collections", "OrderedDict") + ")R(" + t::text("x") + parameter +
                                "u" + t::dict({{"_metadata", "}"}}) + "b";
    const std::string body =
        t::dict({{"model", ordered},
                 {"optimizer", t::dict({{"state", moments}})},
                 {"list", "](" + w + w + "e"},
                 {"epoch", t::integer(7)},
                 {"note", t::text("two\nlines")},
                 {"args", t::global("argparse", "Namespace") + ")\x81" + t::dict({{"lr", "N"}}) + "b"}});
    const NamedTensors file =
        read_torch_file(scratch.put("a.ckpt", t::archive(body, {{"0", t::floats(12)}})));
    std::vector<std::string> names;
    for (const auto& [name, tensor] : file.tensors) names.push_back(name);
    EXPECT_EQ(names, (std::vector<std::string>{"list.0", "list.1", "model.x", "optimizer.state.0.exp_avg"}));
    EXPECT_EQ(file.notes.at("epoch"), "7");
    EXPECT_EQ(file.notes.at("note"), "two?lines");
    EXPECT_EQ(file.notes.at("args"), "(argparse.Namespace, left out)");
    EXPECT_TRUE(file.metadata.empty());
}

/// What the reader says to an archive of this pickle, with a storage of twelve floats.
std::string refusal(const std::string& body) {
    const Scratch scratch;
    return error_of([&] {
        read_weights_file(scratch.put("x.pth", t::archive(body, {{"0", t::floats(12)}})));
    });
}

TEST(TorchFile, NamesThatNoWeightsNeedAreRefusedByName) {
    EXPECT_TRUE(has(refusal(t::call("posix", "system", {t::text("rm -rf x")})), "names 'posix.system'"));
    EXPECT_TRUE(has(refusal(t::call("os", "system", {t::text("id")})), "names 'os.system'"));
    EXPECT_TRUE(
        has(refusal(t::dict({{"a", t::call("builtins", "eval", {t::text("1")})}})), "'builtins.eval'"));
    EXPECT_TRUE(
        has(refusal(t::dict({{"a", t::call("__builtin__", "eval", {t::text("1")})}})), "'builtins.eval'"));
    EXPECT_TRUE(
        has(refusal(t::call("torch.storage", "_load_from_bytes", {t::text("x")})), "_load_from_bytes"));
    EXPECT_TRUE(has(refusal(t::call("torch.hub", "load", {t::text("x")})), "'torch.hub.load'"));
    // By the stack, as an old-style object, and where it is never called.
    EXPECT_TRUE(has(refusal(t::text("subprocess") + t::text("Popen") + "\x93"), "'subprocess.Popen'"));
    EXPECT_TRUE(has(refusal("(" + t::text("id") + "ios\nsystem\n"), "'os.system'"));
    EXPECT_TRUE(has(refusal(t::dict({{"a", t::global("my.code", "Net")}})), "'my.code.Net'"));
    // A bare pickle, with and without such a name.
    const Scratch scratch;
    const auto bare = [&](const std::string& body) {
        return error_of([&] { read_weights_file(scratch.put("x.pkl", t::pickle(body))); });
    };
    EXPECT_TRUE(has(bare(t::call("os", "system", {t::text("id")})), "'os.system'"));
    EXPECT_TRUE(has(bare(t::dict({})), "no file of torch.save, but a Python pickle"));
}

TEST(TorchFile, BombsAndDamageHaveTheirLine) {
    const auto deep = [](int n) {
        std::string open, close;
        for (int i = 0; i < n; ++i) open += "}" + t::text("a"), close += "s";
        return open + "N" + close;
    };
    EXPECT_TRUE(has(refusal(deep(200)), "nested more than"));
    // A list of itself, and a dict that holds the one before twice, thirty times over.
    EXPECT_TRUE(has(refusal("]q\x01h\x01"
                            "a"),
                    "nested more than"));
    std::string doubled = "}q" + std::string(1, '\0');
    for (char i = 0; i < 30; ++i) {
        const std::string before = "h" + std::string(1, i);
        doubled += "0}(" + t::text("a") + before + t::text("b") + before + "uq" +
                   std::string(1, static_cast<char>(i + 1));
    }
    EXPECT_TRUE(has(refusal(doubled), "without an end"));
    EXPECT_TRUE(has(refusal("X" + t::little(0xFFFFFFFFU)), "ends in the middle"));
    EXPECT_TRUE(has(refusal("\x8D" + t::little(~0ULL)), "ends in the middle"));
    EXPECT_TRUE(has(refusal("hx"), "never remembered"));
    EXPECT_TRUE(has(refusal("t"), "a mark is missing"));
    EXPECT_TRUE(has(refusal("0"), "takes more from its stack"));
    EXPECT_TRUE(has(refusal("(0"
                            "0"),
                    "takes more from its stack"));
    EXPECT_TRUE(
        has(refusal(t::dict({{"w", t::tensor(kTwelve, 1, {3, 4}, {4, 1})}})), "outside of its storage"));
    EXPECT_TRUE(has(refusal(t::dict({{"w", t::tensor(kTwelve, 0, {1LL << 62, 4}, {1LL << 62, 1})}})),
                    "outside of its"));
    EXPECT_TRUE(has(refusal(t::dict({{"w", t::tensor(kTwelve, 0, {1LL << 40, 4}, {0, 1})}})), "too often"));
    EXPECT_TRUE(has(refusal(t::dict({{"w", t::tensor(t::storage("FloatStorage", "0", 13), 0, {13}, {1})}})),
                    "needs 13 numbers of 4 bytes from storage '0', which has 48 bytes"));
    EXPECT_TRUE(has(refusal(t::dict({{"w", t::tensor(t::storage("FloatStorage", "9", 12), 0, {12}, {1})}})),
                    "'archive/data/9' is missing"));
    EXPECT_TRUE(has(refusal(t::dict({{"a", t::dict({{"b", t::tensor(kTwelve, 0, {1}, {1})}})},
                                     {"a.b", t::tensor(kTwelve, 0, {1}, {1})}})),
                    "two tensors are named 'a.b'"));
}

TEST(TorchFile, OtherArchivesAreCalledWhatTheyAre) {
    const Scratch scratch;
    const auto error = [&](const std::map<std::string, std::string>& entries) {
        return error_of([&] { read_weights_file(scratch.put("x.pt", t::archive(entries))); });
    };
    const std::string empty = t::pickle("}");
    EXPECT_TRUE(has(error({{"data.pkl", empty}, {"constants.pkl", empty}, {"code/__torch__.py", ""}}),
                    "TorchScript"));
    EXPECT_TRUE(has(error({{"archive_format", "pt2"}}), "torch.export"));
    EXPECT_TRUE(has(error({{"mu.npy", "x"}}), "but a NumPy archive"));
    EXPECT_TRUE(
        has(error_of([&] { read_weights_file(scratch.put("x.pt", "hello, this is no file of weights")); }),
            "text"));
}

TEST(TorchFile, DamagedNumbersAreNoticedWhereSumsAreCompared) {
    const Scratch scratch;
    const std::string body = t::dict({{"a", t::tensor(kTwelve, 0, {12}, {1})}});
    std::string bytes = t::archive(body, {{"0", t::floats(12)}});
    bytes[bytes.find(t::floats(12)) + 5] ^= 1;
    const auto path = scratch.put("x.pth", bytes);
    EXPECT_EQ(read_torch_file(path).tensors.size(), 1U);
    EXPECT_TRUE(has(error_of([&] { read_torch_file(path, TorchSums::check); }), "is damaged: its CRC"));
    std::string cut = t::legacy(body, {{"0", t::floats(12)}});
    cut.resize(cut.size() - 1);
    EXPECT_TRUE(has(error_of([&] { read_torch_file(scratch.put("y.pth", cut)); }), "is truncated"));
}

}  // namespace

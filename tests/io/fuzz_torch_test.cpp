// SPDX-License-Identifier: MIT
// Readers of PyTorch files against damaged ones (see fuzz_test.cpp).
#include "io/pickle.hpp"
#include "io/torch_objects.hpp"
#include "io/weights_file.hpp"
#include "support/fuzz.hpp"
#include "support/torch_bytes.hpp"

namespace {

using namespace mf;
using namespace mf::test;
namespace t = mf::test::torch;
using namespace std::string_literals;

/// Reads every byte, so that a sanitizer sees what is not there.
void touch(const NamedTensors& file) {
    unsigned sum = 0;
    for (const auto& [name, tensor] : file.tensors)
        for (std::size_t i = 0; i < tensor.bytes(); ++i)
            sum += static_cast<const unsigned char*>(tensor.raw())[i];
    volatile unsigned keep = sum;
    (void)keep;
}

std::string some_weights(const std::string& key = "0") {
    const std::string twelve = t::storage("FloatStorage", key, 12);
    const std::string parameter = t::call(
        "torch._utils", "_rebuild_parameter",
        {t::tensor(twelve, 5, {2, 2}, {4, 1}), "\x88", t::global("collections", "OrderedDict") + ")R"});
    return t::dict({{"plain", t::tensor(twelve, 0, {3, 4}, {4, 1})},
                    {"turned", t::tensor(twelve, 0, {4, 3}, {1, 4})},
                    {"model", t::dict({{"x", parameter}, {"y", t::tensor(twelve, 3, {4}, {0})}})},
                    {"args", t::global("argparse", "Namespace") + ")\x81" +
                                 t::dict({{"lr", "G?\xF0\0\0\0\0\0\0"s}}) + "b"},
                    {"epoch", t::integer(70000)}});
}

/// An array of NumPy, as protocol 2 carries it.
std::string array() {
    const std::string type =
        t::call("numpy", "dtype", {t::text("f4"), "\x89", "\x88"}) +
        t::tuple({t::integer(3), t::text("<"), "N", "N", "N", "J\xFF\xFF\xFF\xFF", "K\0"s}) + "b";
    const std::string bytes = t::call("_codecs", "encode",
                                      {t::text("\xC2\x80"
                                               "abcdefg"),
                                       t::text("latin1")});
    return t::call("numpy.core.multiarray", "_reconstruct",
                   {t::global("numpy", "ndarray"), t::tuple({"K\0"s}), t::text("b")}) +
           t::tuple({t::integer(1), t::integers({2, 1}), type, "\x89", bytes}) + "b";
}

std::string every_instruction() {
    std::vector<std::pair<std::string, std::string>> entries;
    for (const std::string& piece : {"K\x01"s,
                                     "M\x01\x02"s,
                                     "J\x01\x02\x03\x04"s,
                                     "\x8A\x02\x01\x02"s,
                                     "\x8B\x01\0\0\0\x05"s,
                                     "I12\n"s,
                                     "I01\n"s,
                                     "L99L\n"s,
                                     "F1.5\n"s,
                                     "G?\xF0\0\0\0\0\0\0"s,
                                     "N"s,
                                     "\x88"s,
                                     "U\x01x"s,
                                     "T\x01\0\0\0y"s,
                                     "\x8C\x01z"s,
                                     "\x8D\x01\0\0\0\0\0\0\0z"s,
                                     "C\x02zz"s,
                                     "B\x01\0\0\0z"s,
                                     "S'it\\'s\\x41'\n"s,
                                     "V\\u00e9\n"s,
                                     "(K\x01K\x02l"s,
                                     "](K\x01K\x02"
                                     "eK\x03"
                                     "a"s,
                                     "(K\x01K\x02"
                                     "d"s,
                                     "}K\x01K\x02s"s,
                                     "\x8F(K\x01\x90"s,
                                     "(\x88\x91"s,
                                     ")"s,
                                     "N\x85"s,
                                     "NN\x86"s,
                                     "NNN\x87"s,
                                     "K\x07p5\n0g5\n"s,
                                     "K\x07q\x06"
                                     "0h\x06"s,
                                     "K\x07r\x07\0\0\0"
                                     "0j\x07\0\0\0"s,
                                     "K\x07\x94"s,
                                     "N(NN1"s,
                                     "N2"
                                     "0"s,
                                     "\x8C\x0B"
                                     "collections\x8C\x0BOrderedDict\x93)R"s,
                                     "ccollections\nOrderedDict\n)}\x92"s,
                                     "(K\x01icollections\nCounter\n"s,
                                     "(ccollections\nCounter\nNo"s,
                                     "ccollections\nCounter\n)\x81}b"s,
                                     "NQ"s,
                                     "Pid\n"s})
        entries.emplace_back(std::to_string(entries.size()), piece);
    return "\x80\x04\x95\x10\0\0\0\0\0\0\0"s + t::dict(entries) + ".";
}

void read_as_pickle(const std::string& path) {
    const std::string bytes = slurp(path);
    std::string_view rest = bytes;
    const Pickle pickle = read_pickle(
        rest, [](std::string_view name) { return name.size() != 3; }, path);
    const TorchContent content = torch_content(pickle, path);
    for (const auto& [name, tensor] : content.tensors) EXPECT_NE(tensor.type, nullptr) << name;
}

TEST(Fuzz, Pickle) {
    const std::vector<std::string> seeds = {t::pickle(some_weights()), t::pickle(t::dict({{"a", array()}})),
                                            every_instruction()};
    fuzz(seeds, read_as_pickle);
}

TEST(Fuzz, TorchArchive) {
    const auto big = [](const std::string& body) {
        return t::archive(
            {{"data.pkl", t::pickle(body)}, {"byteorder", "big"}, {"data/0", t::floats(12, true)}});
    };
    fuzz({t::archive(some_weights(), {{"0", t::floats(12)}}), big(some_weights()), slurp(data("varied.pth")),
          slurp(data("varied_protocol4.pth")), t::archive(t::dict({{"a", array()}}), {})},
         [](const std::string& path) { touch(read_weights_file(path)); });
}

TEST(Fuzz, TorchOlderForm) {
    const std::string part =
        t::storage("FloatStorage", "b", 12, {t::tuple({t::text("c"), t::integer(2), t::integer(8)})});
    fuzz({slurp(data("varied_older_form.pth")), t::legacy(some_weights(), {{"0", t::floats(12)}}),
          t::legacy(t::dict({{"a", t::tensor(part, 1, {2, 3}, {1, 2})}}), {{"b", t::floats(12)}})},
         [](const std::string& path) { touch(read_weights_file(path)); });
}

}  // namespace

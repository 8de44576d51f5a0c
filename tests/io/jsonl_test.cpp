// SPDX-License-Identifier: MIT
#include "io/jsonl.hpp"

#include <cmath>
#include <limits>

#include <nlohmann/json.hpp>

#include "io/scratch.hpp"

namespace {

using namespace mf;
using namespace mf::test;

TEST(JsonLines, ALineIsARecordInItsOrder) {
    const double nan = std::numeric_limits<double>::quiet_NaN(),
                 infinity = std::numeric_limits<double>::infinity();
    EXPECT_EQ(json_line({{"step", 3}, {"loss", 0.1}, {"a", nan}, {"b", -infinity}, {"note", "x\"\n\xFF"}}),
              "{\"step\": 3, \"loss\": 0.1, \"a\": null, \"b\": null, \"note\": \"x\\\"\\n\xEF\xBF\xBD\"}");
    EXPECT_EQ(json_line({}), "{}");
    for (const double x : {1e300, -5e-324, 1.0 / 3, 0.0, 123456789.0, 1e22}) {
        const auto json = nlohmann::json::parse(json_line({{"x", x}}));
        EXPECT_EQ(json["x"].get<double>(), x);
    }
}

TEST(JsonLines, EveryRecordIsThereAtOnce) {
    const Scratch scratch;
    JsonLines lines(scratch / "metrics.jsonl");
    for (int step = 1; step <= 3; ++step) {
        lines.append({{"step", step}, {"loss", 1.0 / step}});
        const auto records = read_json_lines(scratch / "metrics.jsonl");
        ASSERT_EQ(records.size(), static_cast<std::size_t>(step));
        EXPECT_EQ(records.back(), (JsonRecord{{"step", step}, {"loss", 1.0 / step}}))
            << "numbers keep their kind";
    }
}

TEST(JsonLines, NumbersThatLookWholeStayReadable) {
    const Scratch scratch;
    const auto records = read_json_lines(
        scratch.put("a", "{\"b\": true, \"n\": null, \"big\": 18446744073709551615, \"text\": \"x\"}\n"));
    ASSERT_EQ(records.size(), 1U);
    EXPECT_EQ(records[0][0].second, JsonValue(std::int64_t{1}));
    EXPECT_TRUE(std::isnan(std::get<double>(records[0][1].second)));
    EXPECT_EQ(records[0][2].second, JsonValue(18446744073709551615.0));
    EXPECT_EQ(records[0][3].second, JsonValue("x"));
}

TEST(JsonLines, APartialLastLineIsCutOff) {
    const Scratch scratch;
    const auto path = scratch.put("a", "{\"step\": 1}\n{\"step\": 2}\n{\"st");
    EXPECT_EQ(read_json_lines(path).size(), 2U);
    JsonLines(path).append({{"step", 3}});
    EXPECT_EQ(slurp(path), "{\"step\": 1}\n{\"step\": 2}\n{\"step\": 3}\n");
    JsonLines(scratch.put("b", "{\"st")).append({{"step", 1}});
    EXPECT_EQ(slurp(scratch / "b"), "{\"step\": 1}\n");
}

TEST(JsonLines, ResumingDropsWhatCameLater) {
    const Scratch scratch;
    const auto path = scratch.put("a",
                                  "{\"note\": \"start\"}\n{\"step\": 10}\n{\"step\": 20, \"loss\": null}\n"
                                  "{\"step\": 20.5}\n{\"step\": 30}\n\n{\"step\": {}}\n[1]\n");
    JsonLines lines(path);
    EXPECT_EQ(lines.drop_after(20), 5);
    EXPECT_EQ(lines.drop_after(20), 0);
    lines.append({{"step", 21}});
    EXPECT_EQ(slurp(path),
              "{\"note\": \"start\"}\n{\"step\": 10}\n{\"step\": 20, \"loss\": null}\n{\"step\": 21}\n");
    EXPECT_EQ(scratch.names(), std::vector<std::string>{"a"});
}

TEST(JsonLines, AFullDiskLeavesWholeLines) {
    const Scratch scratch;
    JsonLines lines(scratch / "a");
    const SmallDisk disk(100);
    std::string error;
    for (int step = 0; step < 100 && error.empty(); ++step)
        error = error_of([&] { lines.append({{"step", step}, {"loss", 0.123456789}}); });
    EXPECT_TRUE(has(error, "cannot be added: File too large"));
    EXPECT_EQ(slurp(scratch / "a").back(), '\n');
    EXPECT_EQ(read_json_lines(scratch / "a").size(), 3U);
    EXPECT_EQ(lines.drop_after(0), 2);
    EXPECT_EQ(read_json_lines(scratch / "a").size(), 1U);
}

TEST(JsonLines, ADamagedLineIsNamed) {
    const Scratch scratch;
    EXPECT_TRUE(has(error_of([&] { read_json_lines(scratch.put("a", "{}\n{\"a\": [1]}\n")); }),
                    "a:2: is not an object"));
    EXPECT_TRUE(
        has(error_of([&] { read_json_lines(scratch.put("a", std::string(100000, '[') + "\n")); }), "a:1:"));
}

}  // namespace

// SPDX-License-Identifier: MIT
// What bodies of the API mean, and that no body breaks their readers.
#include "serve/asks.hpp"

#include <gtest/gtest.h>

#include "serve/http.hpp"
#include "support/fuzz.hpp"
#include "support/said.hpp"

namespace {

using namespace mf;
using namespace mf::serve;
using test::error_of;
using test::says;

const AskLimits kLimits{};

DrawAsk sample_of(const std::string& text) { return read_sample(parse_object(text), kLimits); }

int status_of(const std::function<void()>& read) {
    try {
        read();
    } catch (const HttpError& error) {
        return error.status();
    } catch (const UsageError&) {
        return 400;
    }
    return 200;
}

TEST(Asks, ReadsASample) {
    const DrawAsk ask = sample_of(
        R"({"model": "fashion", "labels": [0, "Bag"], "count": 9, "omega": 4, "interval": [0.3, 0.7], "seed": 9007199254740992,
            "steps": 2, "first": 3, "solver": "euler", "format": "pictures", "columns": 3, "zoom": 2, "client": "a-1_B"})");
    EXPECT_EQ(ask.model.name, "fashion");
    EXPECT_LT(ask.model.index, 0);
    ASSERT_EQ(ask.labels.list.size(), 2U);
    EXPECT_EQ(ask.labels.list[0].first, 0);
    EXPECT_EQ(ask.labels.list[1].second, "Bag");
    EXPECT_EQ(ask.count, 9);
    EXPECT_EQ(ask.omega, std::vector<double>{4});
    EXPECT_EQ(ask.interval, Interval(0.3, 0.7));
    EXPECT_EQ(ask.seed, 9007199254740992U);
    EXPECT_EQ(ask.steps, 2);
    EXPECT_EQ(ask.client, "a-1_B");
    EXPECT_EQ(ask.echo.find("client"), std::string::npos) << "who asked is nobody's business";
    const DrawAsk nothing = sample_of("{}");
    EXPECT_EQ(nothing.model.index, 0);
    EXPECT_EQ(nothing.labels.keyword, "balanced");
    EXPECT_FALSE(nothing.interval);
    EXPECT_EQ(nothing.format, "png");
    EXPECT_EQ(sample_of(R"({"seed": null, "omega": [1, 2]})").omega.size(), 2U);
    EXPECT_EQ(read_sample(parse_object("{}"), kLimits, true).format, "sheet");
}

TEST(Asks, SayWhatIsWrongWithASample) {
    const std::vector<std::pair<std::string, std::vector<const char*>>> bad = {
        {"", {"no JSON"}},
        {"{", {"no JSON", "line 1"}},
        {"[1]", {"JSON object"}},
        {"3", {"JSON object"}},
        {R"({"a": 1, "a": 2})", {"'a' twice"}},
        {R"({"omga": 1})", {"no key 'omga'", "omega"}},
        {R"({"model": -1})", {"model", "number"}},
        {R"({"model": 1.5})", {"model"}},
        {R"({"model": ["a"]})", {"model"}},
        {R"({"count": "many"})", {"count", "whole number", "text"}},
        {R"({"count": 0})", {"count", "0", "between 1"}},
        {R"({"count": 1e300})", {"count"}},
        {R"({"count": 2.5})", {"count", "2.5"}},
        {R"({"steps": true})", {"steps", "true or false"}},
        {R"({"seed": -1})", {"seed", "-1"}},
        {R"({"seed": 99999999999999999999})", {"seed"}},
        {R"({"omega": []})", {"omega", "empty"}},
        {R"({"omega": [1, "x"]})", {"omega", "text"}},
        {R"({"omega": 1e9})", {"omega"}},
        {R"({"interval": 0.5})", {"interval", "two times"}},
        {R"({"interval": [0.7, 0.3]})", {"interval", "smaller"}},
        {R"({"interval": [0, 1.5]})", {"interval", "1.5"}},
        {R"({"labels": "cat"})", {"labels", "[\"cat\"]"}},
        {R"({"labels": []})", {"labels"}},
        {R"({"labels": [-1]})", {"labels"}},
        {R"({"labels": [null]})", {"labels"}},
        {R"({"labels": {"a": 1}})", {"labels"}},
        {R"({"solver": "rk4"})", {"solver", "rk4", "euler"}},
        {R"({"format": "gif"})", {"format", "npz"}},
        {R"({"format": 3})", {"format", "text"}},
        {R"({"client": "a b"})", {"client"}},
        {R"({"client": ""})", {"client"}},
        {R"({"zoom": 65})", {"zoom"}},
        {std::string("{\"model\": \"\xFF\"}"), {"no JSON"}},
        {std::string(20, '[') + std::string(20, ']'), {"deep"}},
    };
    for (const auto& [text, parts] : bad) {
        const std::string error = error_of([&, body = text] { (void)sample_of(body); });
        EXPECT_EQ(error.find('\n'), std::string::npos) << error;
        for (const char* part : parts) EXPECT_TRUE(says(error, {part})) << text << ": " << error;
    }
    EXPECT_EQ(status_of([] { (void)sample_of(R"({"count": 1025})"); }), 413);
    EXPECT_EQ(status_of([] { (void)sample_of(R"({"steps": 1001})"); }), 413);
    EXPECT_EQ(status_of([] { (void)read_sample(parse_object(R"({"format": "npz"})"), kLimits, true); }), 400);
}

TEST(Asks, ReadTheOthers) {
    const MapAsk map = read_map(
        parse_object(
            R"({"omega": [1, 2], "intervals": [[0, 1], [0.5, 0.5]], "count": 3, "labels": "random"})"),
        kLimits);
    EXPECT_EQ(map.intervals.size(), 2U);
    EXPECT_EQ(map.draw.count, 3);
    EXPECT_EQ(map.draw.labels.keyword, "random");
    const auto refused = [](const char* text) {
        return status_of([&] { (void)read_map(parse_object(text), AskLimits{.count = 10}); });
    };
    EXPECT_EQ(refused(R"({"omega": [1, 2, 3], "count": 4})"), 413);
    EXPECT_EQ(refused(R"({"intervals": []})"), 400);
    EXPECT_EQ(refused(R"({"intervals": [0, 1]})"), 400);
    EXPECT_EQ(refused(R"({"interval": [0, 1]})"), 400);

    const InterpolateAsk way = read_interpolate(
        parse_object(R"({"from": 4, "to": {"seed": 5, "index": 6}, "frames": 3, "label": "a"})"), kLimits);
    EXPECT_EQ(way.from.seed, 4U);
    EXPECT_EQ(way.to.seed, 5U);
    EXPECT_EQ(way.to.index, 6);
    EXPECT_EQ(way.draw.labels.list[0].second, "a");
    for (const char* text : {R"({"frames": 1})", R"({"from": "a"})", R"({"to": {"sead": 1}})",
                             R"({"omega": [1, 2]})", R"({"from": {"seed": -2}})"})
        EXPECT_EQ(status_of([&] { (void)read_interpolate(parse_object(text), kLimits); }), 400) << text;

    const PointsAsk points = read_points_ask(
        parse_object(R"({"models": ["fm", 1], "steps": [1, 100], "count": 10, "encoding": "numbers"})"),
        kLimits);
    EXPECT_EQ(points.models[1].index, 1);
    EXPECT_EQ(points.steps, (std::vector<std::int64_t>{1, 100}));
    const auto points_status = [](const char* text) {
        return status_of([&] { (void)read_points_ask(parse_object(text), kLimits); });
    };
    EXPECT_EQ(points_status(R"({"count": 100000, "steps": [100]})"), 413);
    EXPECT_EQ(points_status(R"({"steps": [1001]})"), 413);
    EXPECT_EQ(points_status(R"({"models": []})"), 400);
    EXPECT_EQ(points_status(R"({"states": 1})"), 400);

    const EventAsk ask = read_event_ask(
        parse_object(R"({"client": "c", "id": 7, "path": "/api/map", "body": {}, "lane": "x"})"));
    EXPECT_EQ(ask.id, 7);
    EXPECT_EQ(ask.lane, "x");
    for (const char* text : {R"({"id": 1, "path": "/api/map", "body": {}})",
                             R"({"client": "c", "path": "/api/map", "body": {}})",
                             R"({"client": "c", "id": 1, "path": "/etc/passwd", "body": {}})",
                             R"({"client": "c", "id": 1, "path": "/api/map", "body": []})",
                             R"({"client": "c", "id": 1, "path": "/api/map"})",
                             R"({"client": "c", "id": 1, "path": "/api/map", "body": {}, "lane": "a b"})"})
        EXPECT_EQ(status_of([&] { (void)read_event_ask(parse_object(text)); }), 400) << text;
}

TEST(Asks, NoBodyBreaksTheReaders) {
    const std::vector<std::string> seeds = {
        R"({"model": "fashion", "count": 16, "labels": [0, 1, "Bag"], "omega": 4, "interval": [0.3, 0.7], "steps": 1, "seed": 0, "format": "sheet"})",
        R"({"model": 3, "omega": [1, 2, 4, 8], "labels": "random", "zoom": 3, "columns": 4, "solver": "heun", "client": "a"})",
        R"({"omega": [1, 2], "intervals": [[0, 1], [0.2, 0.8]], "labels": [3], "count": 2, "first": 5})",
        R"({"from": {"seed": 0, "index": 2}, "to": 7, "frames": 9, "label": 3, "omega": 4.5e0, "interval": [0, 1]})",
        R"({"models": ["fm", "mf", 2], "steps": [1, 2, 100], "count": 100, "states": 11, "data": 10, "encoding": "numbers"})",
        R"({"client": "a1", "id": 17, "lane": "x", "path": "/api/sample", "body": {"model": 0, "omega": 4, "format": "sheet"}})"};
    test::fuzz(seeds, [](const std::string& path) {
        std::ifstream file(path, std::ios::binary);
        const std::string text(std::istreambuf_iterator<char>(file), {});
        const Json object = parse_object(text);
        (void)json_text(object);
        // Each reader sees every body: most keys are those of another request.
        int read = 0;
        std::string error;
        const std::vector<std::function<void()>> readers = {[&] { (void)read_sample(object, kLimits); },
                                                            [&] { (void)read_map(object, kLimits); },
                                                            [&] { (void)read_interpolate(object, kLimits); },
                                                            [&] { (void)read_points_ask(object, kLimits); },
                                                            [&] { (void)read_sample(object, kLimits, true); },
                                                            [&] {
                                                                const EventAsk ask = read_event_ask(object);
                                                                (void)read_sample(ask.body, kLimits, true);
                                                            }};
        for (const auto& reader : readers) {
            try {
                reader();
                ++read;
            } catch (const Error& caught) {
                error = caught.what();
            }
        }
        if (read == 0) throw Error(error);
    });
}

}  // namespace

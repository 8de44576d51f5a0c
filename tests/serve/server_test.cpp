// SPDX-License-Identifier: MIT
// A real server in this process, on a port that is free: what the API draws.
#include <cmath>
#include <cstring>
#include <fstream>

#include <gtest/gtest.h>

#include "cli/program.hpp"
#include "io/npz.hpp"
#include "io/png.hpp"
#include "serve/base64.hpp"
#include "serve/client.hpp"
#include "serve/service.hpp"

namespace {

using namespace mf;
using test::Client;
using test::Reply;
using test::Scratch;

serve::ServiceRequest small_service() {
    serve::ServiceRequest out;
    const std::filesystem::path runs = std::filesystem::path(MF_TEST_DATA) / "old_runs";
    out.sources = {runs / "shapes", runs / "toy", runs / "weights/toy.safetensors"};
    out.port = 0;
    out.threads = 2;
    return out;
}

class Served : public testing::Test {
  protected:
    static void SetUpTestSuite() { service = new serve::Service(small_service()); }
    static void TearDownTestSuite() { delete service; }
    static Reply post(const std::string& path, const std::string& body) {
        return Client(service->port()).post(path, body);
    }
    static Reply get(const std::string& path) { return Client(service->port()).get(path); }
    /// The body of an answer that has to be fine.
    static nlohmann::json json(const std::string& path, const std::string& body) {
        const Reply reply = post(path, body);
        EXPECT_EQ(reply.status, 200) << reply.body;
        return reply.json();
    }
    static std::vector<float> numbers(const std::string& body) {
        return json("/api/sample", body)["samples"].get<std::vector<float>>();
    }
    static serve::Service* service;
};
serve::Service* Served::service = nullptr;

TEST_F(Served, SaysWhatThereIs) {
    const Reply health = get("/healthz");
    EXPECT_EQ(health.status, 200);
    EXPECT_EQ(health.json()["status"], "ok");
    EXPECT_EQ(health.json()["models"], 3);
    const nlohmann::json list = get("/api/models").json();
    ASSERT_EQ(list["models"].size(), 3U) << list;
    const nlohmann::json& shapes = list["models"][0];
    EXPECT_EQ(shapes["id"], 0);
    EXPECT_EQ(shapes["name"], "shapes");
    EXPECT_EQ(shapes["kind"], "images");
    EXPECT_EQ(shapes["class_names"].size(), shapes["classes"].get<std::size_t>());
    EXPECT_EQ(shapes["shape"].size(), 3U);
    EXPECT_EQ(list["models"][1]["kind"], "points");
    EXPECT_EQ(list["models"][1]["view"].size(), 4U);
    EXPECT_EQ(list["models"][2]["name"], "toy (2)");
    EXPECT_EQ(list["limits"]["count"], 1024);
    const Reply page = get("/");
    EXPECT_EQ(page.status, 200);
    EXPECT_TRUE(page.has("Content-Type: text/html"));
    EXPECT_TRUE(page.has("Content-Security-Policy: default-src 'none'"));
    // Whatever the page names is part of the program.
    EXPECT_EQ(page.body.find("http://"), std::string::npos);
    EXPECT_EQ(page.body.find("https://"), std::string::npos);
    Client client(service->port());
    client.send("HEAD / HTTP/1.1\r\n" + client.host() + "Connection: close\r\n\r\n");
    while (client.read_more()) {
    }
    EXPECT_NE(client.bytes().find("Content-Length: " + std::to_string(page.body.size())), std::string::npos);
    EXPECT_TRUE(client.bytes().ends_with("\r\n\r\n")) << "a head has no body";
}

TEST_F(Served, DrawsTheSameInEveryFormat) {
    const std::string body =
        R"({"model": "shapes", "count": 4, "labels": [1, 0], "omega": 2, "seed": 5, "format": ")";
    const Reply png = post("/api/sample", body + "png\"}");
    ASSERT_EQ(png.status, 200) << png.body;
    EXPECT_TRUE(png.has("Content-Type: image/png"));
    const nlohmann::json sheet = json("/api/sample", body + "sheet\"}");
    const Picture picture = decode_png(png.body, "png");
    EXPECT_EQ(picture.width, sheet["width"]);
    EXPECT_EQ(picture.height, sheet["height"]);
    const nlohmann::json numbers = json("/api/sample", body + "json\"}");
    const std::vector<float> values = numbers["samples"];
    const std::vector<std::int64_t> shape = numbers["shape"];
    ASSERT_EQ(values.size(), static_cast<std::size_t>(shape[0] * shape[1] * shape[2] * shape[3]));

    // A cell of the sheet holds the pixels of its sample.
    const int cell = sheet["cell"][0], padding = sheet["padding"], columns = sheet["columns"];
    const std::int64_t each = shape[1] * shape[2] * shape[3];
    const auto zoom = cell / shape[2];
    for (std::int64_t i = 0; i < shape[0]; ++i)
        for (std::int64_t y = 0; y < shape[1]; ++y)
            for (std::int64_t x = 0; x < shape[2]; ++x) {
                const auto at_x = padding + i % columns * (cell + padding) + x * zoom;
                const auto at_y = padding + i / columns * (sheet["cell"][1].get<int>() + padding) + y * zoom;
                for (std::int64_t c = 0; c < shape[3]; ++c) {
                    const auto pixel =
                        picture
                            .pixels[static_cast<std::size_t>((at_y * picture.width + at_x) * shape[3] + c)];
                    const float value =
                        values[static_cast<std::size_t>(i * each + (y * shape[2] + x) * shape[3] + c)];
                    ASSERT_NEAR(pixel, std::clamp((value + 1) * 127.5F, 0.0F, 255.0F), 1) << i;
                }
            }

    const Reply npz = post("/api/sample", body + "npz\"}");
    ASSERT_EQ(npz.status, 200) << npz.body;
    const Scratch scratch;
    std::ofstream(scratch / "x.npz", std::ios::binary) << npz.body;
    const auto arrays = read_npz(scratch / "x.npz");
    const auto stored = arrays.at("samples").floats();
    EXPECT_EQ(std::vector<float>(stored.begin(), stored.end()), values);
    const nlohmann::json pictures = json("/api/sample", body + "pictures\"}");
    EXPECT_EQ(pictures["pictures"].size(), 4U);
    EXPECT_EQ(pictures["labels"], (std::vector<int>{1, 0, 1, 0}));

    const PictureText text = decode_png_text(png.body, "png");
    EXPECT_NE(text.at("Description").find("meanflow sample"), std::string::npos);
    EXPECT_NE(text.at("meanflow.python").find("labels=[1, 0], omega=2, steps=1, seed=5"), std::string::npos)
        << text.at("meanflow.python");
    EXPECT_TRUE(nlohmann::json::accept(text.at("meanflow.request")));
    EXPECT_TRUE(text.contains("meanflow.settings"));
}

TEST_F(Served, TheRecipesCommandDrawsTheSame) {
    const Scratch scratch;
    for (
        const std::string& body :
        {std::string(
             R"({"model": "shapes", "count": 5, "labels": "random", "omega": 3, "interval": [0.25, 0.75], "steps": 2, "seed": 8)"),
         std::string(R"({"model": "toy", "count": 7, "solver": "heun", "seed": 2, "steps": 3)"),
         std::string(R"j({"model": "toy (2)", "count": 7, "seed": 2)j")}) {
        const nlohmann::json answer = json("/api/sample", body + R"(, "format": "json"})");
        const std::string command = answer["recipe"]["command"];
        // Words without quotes in them: the paths of this test have none.
        std::vector<std::string> words;
        std::istringstream stream(command);
        for (std::string word; stream >> word;) words.push_back(word);
        ASSERT_EQ(words[0], "meanflow");
        words.erase(words.begin());
        words.insert(words.end(), {"--threads", "2"});
        const test::Outcome outcome = run_program(scratch, words);
        ASSERT_EQ(outcome.code, 0) << command << outcome.err;
        const auto arrays = read_npz(scratch / "samples.npz");
        const auto stored = arrays.at("samples").floats();
        EXPECT_EQ(std::vector<float>(stored.begin(), stored.end()),
                  answer["samples"].get<std::vector<float>>())
            << command;
    }
}

TEST_F(Served, TheNoiseStaysWhileSlidersMove) {
    const std::string start = R"({"model": "toy", "format": "json", "count": 3, "seed": )";
    const std::vector<float> one = numbers(start + "4}"), again = numbers(start + "4}"),
                             other = numbers(start + "5}");
    EXPECT_EQ(one, again);
    EXPECT_NE(one, other);
    const std::vector<float> later =
        numbers(R"({"model": "toy", "format": "json", "count": 1, "seed": 4, "first": 2})");
    EXPECT_EQ(later, std::vector<float>(one.begin() + 4, one.end()));
}

TEST_F(Served, CellsOfAMapAreSamples) {
    const nlohmann::json map =
        json("/api/map", R"({"model": "shapes", "omega": [1, 3], "intervals": [[0, 1], [0.2, 0.6], [0.5, 1]],
                                                     "labels": [2, 1], "count": 2, "seed": 3, "format": "pictures"})");
    ASSERT_EQ(map["pictures"].size(), 12U);
    EXPECT_EQ(map["labels"], (std::vector<int>{2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1}));
    const nlohmann::json alone =
        json("/api/sample", R"({"model": "shapes", "omega": 3, "interval": [0.2, 0.6], "labels": [2, 1],
                                                         "count": 2, "seed": 3, "format": "pictures"})");
    EXPECT_EQ(map["pictures"][8], alone["pictures"][0]);
    EXPECT_EQ(map["pictures"][9], alone["pictures"][1]);
    const nlohmann::json sheet =
        json("/api/map", R"({"model": "shapes", "omega": [1, 3], "count": 2, "format": "sheet"})");
    EXPECT_EQ(sheet["columns"], 2);
    EXPECT_EQ(sheet["rows"], 2);
    const nlohmann::json random = json(
        "/api/map",
        R"({"model": "shapes", "intervals": [[0, 1], [0, 0.5]], "labels": "random", "count": 3, "format": "sheet"})");
    EXPECT_EQ(random["labels"][0], random["labels"][3]);
}

TEST_F(Served, AWayBetweenTwoNoisesEndsAtBoth) {
    const nlohmann::json way =
        json("/api/interpolate", R"({"model": "shapes", "from": {"seed": 1, "index": 2}, "to": 9, "frames": 5,
                                                            "label": 1, "format": "pictures"})");
    ASSERT_EQ(way["pictures"].size(), 5U);
    const auto end = [](const std::string& more) {
        return json("/api/sample",
                    R"({"model": "shapes", "labels": [1], "count": 1, "format": "pictures", )" + more +
                        "}")["pictures"][0];
    };
    EXPECT_EQ(way["pictures"][0], end(R"("seed": 1, "first": 2)"));
    EXPECT_EQ(way["pictures"][4], end(R"("seed": 9)"));
    EXPECT_NE(way["pictures"][2], way["pictures"][0]);
    EXPECT_EQ(json("/api/interpolate", R"({"model": "shapes", "format": "sheet"})")["label_names"][0],
              "none");
}

TEST_F(Served, PointsKeepTheirWay) {
    const nlohmann::json all = json(
        "/api/points",
        R"({"steps": [1, 4, 20], "count": 5, "states": 6, "seed": 3, "encoding": "numbers", "data": 4})");
    ASSERT_EQ(all["models"].size(), 2U) << "both that draw points";
    EXPECT_EQ(all["data"].size(), 8U);
    EXPECT_EQ(all["view"].size(), 4U);
    const nlohmann::json& paths = all["models"][0]["paths"];
    ASSERT_EQ(paths.size(), 3U);
    EXPECT_EQ(paths[0]["times"], (std::vector<double>{1, 0}));
    EXPECT_EQ(paths[1]["states"].size(), 5U);
    EXPECT_EQ(paths[2]["states"].size(), 6U);
    EXPECT_EQ(paths[0]["states"][0], paths[2]["states"][0]) << "the same noise";
    EXPECT_EQ(paths[0]["states"][1].get<std::vector<float>>(),
              numbers(R"({"model": "toy", "count": 5, "seed": 3, "format": "json"})"));
    const nlohmann::json coded = json("/api/points", R"({"models": ["toy"], "count": 5, "seed": 3})");
    const std::vector<float> values = paths[0]["states"][1];
    EXPECT_EQ(coded["models"][0]["paths"][0]["states"][1],
              serve::base64({reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float)}));
}

TEST_F(Served, EachBadInputHasItsStatusAndALine) {
    struct Bad {
        std::string path, body;
        int status;
        std::string part;
    };
    const std::vector<Bad> all = {
        {"/api/sample", "{", 400, "no JSON"},
        {"/api/sample", "[]", 400, "JSON object"},
        {"/api/sample", R"({"omga": 1})", 400, "omga"},
        {"/api/sample", R"({"model": "../../../../etc/passwd"})", 404, "no model"},
        {"/api/sample", R"({"model": 3})", 404, "no model 3"},
        {"/api/sample", R"({"labels": [99]})", 400, "99 is no class"},
        {"/api/sample", R"({"labels": ["discs"]})", 400, "'discs' is no class"},
        {"/api/sample", R"({"omega": 0})", 400, "must be above 0"},
        {"/api/sample", R"({"omega": 2, "labels": "none"})", 400, "no class"},
        {"/api/sample", R"({"omega": [1, 2]})", 400, "2 numbers for 16 samples"},
        {"/api/sample", R"({"model": "toy"})", 400, "no pictures"},
        {"/api/sample", R"({"model": "toy", "format": "json", "omega": 2})", 400, "no classes"},
        {"/api/sample", R"({"model": "toy", "format": "json", "labels": [0]})", 400, "no classes"},
        {"/api/sample", R"({"count": 5000})", 413, "5000"},
        {"/api/sample", R"({"steps": 5000})", 413, "5000"},
        {"/api/sample", R"({"count": 1000, "zoom": 64})", 413, "pixels"},
        {"/api/map", R"({"model": "toy"})", 400, "no pictures"},
        {"/api/map", R"({"interval": [0, 1]})", 400, "'interval'"},
        {"/api/interpolate", R"({"frames": 1})", 400, "frames"},
        {"/api/points", R"({"models": ["shapes"]})", 400, "no points"},
        {"/api/points", R"({"steps": [0]})", 400, "steps"},
        {"/api/ask", R"({"client": "nobody", "id": 1, "path": "/api/sample", "body": {}})", 409, "no stream"},
        {"/api/ask", R"({"client": "nobody", "id": 1, "path": "/healthz", "body": {}})", 400, "path"},
        {"/api/nothing", "{}", 404, "/api/nothing"},
        {"/../etc/passwd", "{}", 404, "/../etc/passwd"},
        {"/healthz", "{}", 405, "GET"},
    };
    for (const Bad& bad : all) {
        const Reply reply = post(bad.path, bad.body);
        EXPECT_EQ(reply.status, bad.status) << bad.path << bad.body << reply.body;
        const nlohmann::json said = reply.json();
        ASSERT_TRUE(said.contains("error")) << reply.body;
        const std::string line = said["error"];
        EXPECT_EQ(line.find('\n'), std::string::npos);
        EXPECT_NE(line.find(bad.part), std::string::npos) << bad.path << bad.body << ": " << line;
    }
    EXPECT_TRUE(post("/healthz", "{}").has("Allow: GET\r\n"));
    EXPECT_EQ(get("/api/sample").status, 405);
    EXPECT_EQ(get("/api/runs/nothing").status, 404);
    EXPECT_EQ(get("/api/runs/toy/curves?columns=nothing").status, 404);
    EXPECT_EQ(get("/api/runs/toy/curves?points=x").status, 400);
    EXPECT_EQ(get("/api/runs/toy/curves?ponts=5").status, 400);
    EXPECT_EQ(get("/api/runs/toy/sheets/..%2F..%2Fconfig.yaml").status, 404);
    EXPECT_EQ(get("/api/runs/..%2Ftoy").status, 404);
    EXPECT_EQ(get("/api/events").status, 400);
    EXPECT_EQ(get("/index.html/..").status, 404);
}

}  // namespace

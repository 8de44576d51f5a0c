// SPDX-License-Identifier: MIT
// What an answer says of how to make it again makes the same pictures: of a run on pictures, and of one on latents, which an
// autoencoder shows.
#include <sstream>

#include <gtest/gtest.h>

#include "capi/made.hpp"
#include "cli/program.hpp"
#include "io/png.hpp"
#include "models/vae_files.hpp"
#include "serve/client.hpp"
#include "serve/service.hpp"

namespace {

using namespace mf;
using test::Client;
using test::Reply;
using test::Scratch;

class Recipes : public testing::Test {
  protected:
    static void SetUpTestSuite() {
        scratch = new Scratch;
        Team team(1);
        SdVae vae(test::small_vae());
        test::fill_vae(vae, 9, team);
        write_safetensors(*scratch / "vae.safetensors", test::file_of(vae));
        const test::TrainingHandle latents = test::images_training(8, 4);
        ASSERT_EQ(mf_training_run(latents.get(), 2, nullptr, nullptr, nullptr), MF_OK);
        ASSERT_EQ(mf_training_save(latents.get(), (*scratch / "latents").c_str(), nullptr), MF_OK);
        request.sources = {std::filesystem::path(MF_TEST_DATA) / "old_runs" / "shapes", *scratch / "latents"};
        request.port = 0;
        request.threads = 2;
        request.vae = VaeRequest{.path = *scratch / "vae.safetensors", .scale = "sd"};
        service = new serve::Service(request);
    }
    static void TearDownTestSuite() {
        delete service;
        delete scratch;
    }

    /// The PNG of the answer, and the one that its command writes.
    static void expect_the_same(const std::string& path, const std::string& body) {
        const Reply reply = Client(service->port()).post(path, body);
        ASSERT_EQ(reply.status, 200) << reply.body;
        const std::string command = decode_png_text(reply.body, "answer").at("Description");
        std::istringstream stream(command);
        std::vector<std::string> words;
        for (std::string word; stream >> word;) words.push_back(word);
        ASSERT_EQ(words[0], "meanflow");
        words.erase(words.begin());
        words.insert(words.end(), {"--threads", "2"});
        const test::Outcome outcome = test::run_program(*scratch, words);
        ASSERT_EQ(outcome.code, 0) << command << outcome.err;
        const Picture here = decode_png(test::text_of(*scratch / "sheet.png"), "sheet"),
                      there = decode_png(reply.body, "answer");
        EXPECT_EQ(here.width, there.width) << command;
        EXPECT_EQ(here.pixels, there.pixels) << command;
    }

    static serve::ServiceRequest request;
    static serve::Service* service;
    static Scratch* scratch;
};
serve::ServiceRequest Recipes::request;
serve::Service* Recipes::service = nullptr;
Scratch* Recipes::scratch = nullptr;

TEST_F(Recipes, OfAnInterpolation) {
    expect_the_same(
        "/api/interpolate",
        R"({"model": "shapes", "from": {"seed": 4, "index": 3}, "to": 6, "frames": 5, "label": 1, "omega": 2,
                        "interval": [0, 0.8], "steps": 2})");
    expect_the_same("/api/interpolate", R"({"model": "shapes", "from": 7, "to": {"seed": 7, "index": 1},
                                            "frames": 4, "label": "none", "columns": 4, "zoom": 2})");
    const Reply reply =
        Client(service->port())
            .post("/api/interpolate",
                  R"({"model": "shapes", "from": {"seed": 4, "index": 3}, "to": 6, "frames": 5, "label": 1,
                                "format": "sheet"})");
    const std::string python = reply.json()["recipe"]["python"];
    EXPECT_NE(python.find("x = model.sample(5, between=((4, 3), 6), labels=[1], steps=1)"), std::string::npos)
        << python;
}

TEST_F(Recipes, OfPictures) {
    expect_the_same("/api/sample", R"({"model": "shapes", "count": 6, "seed": 3})");
    expect_the_same("/api/sample",
                    R"({"model": "shapes", "count": 7, "labels": [2], "omega": 2, "zoom": 1})");
}

TEST_F(Recipes, OfLatentsThatAnAutoencoderShows) {
    const nlohmann::json model = Client(service->port()).get("/api/models").json()["models"][1];
    EXPECT_EQ(model["kind"], "images");
    EXPECT_EQ(model["shape"], (std::vector<int>{8, 8, 4}));
    EXPECT_EQ(model["shown_shape"], (std::vector<int>{32, 32, 3}));
    EXPECT_NE(model["decoder"].get<std::string>().find("latents sd"), std::string::npos) << model["decoder"];
    expect_the_same("/api/sample", R"({"model": "latents", "count": 3, "labels": ["cat"], "seed": 3})");
    expect_the_same("/api/sample", R"({"model": "latents", "count": 4})");
    expect_the_same("/api/interpolate", R"({"model": "latents", "frames": 3, "label": "7"})");
    const Reply reply =
        Client(service->port()).post("/api/sample", R"({"model": "latents", "format": "sheet"})");
    const std::string python = reply.json()["recipe"]["python"];
    EXPECT_NE(python.find("vae.safetensors\", latents=\"sd\")"), std::string::npos) << python;
    EXPECT_TRUE(python.ends_with("\npictures = model.decode(x)")) << python;
}

TEST_F(Recipes, LatentsWithoutAnAutoencoderAreNumbers) {
    serve::ServiceRequest plain = request;
    plain.vae.reset();
    const serve::Service other(plain);
    const Reply reply = Client(other.port()).post("/api/sample", R"({"model": "latents"})");
    EXPECT_EQ(reply.status, 400);
    EXPECT_NE(reply.body.find("a server with --vae FILE makes pictures of them"), std::string::npos)
        << reply.body;
    const Reply numbers =
        Client(other.port()).post("/api/sample", R"({"model": "latents", "count": 2, "format": "json"})");
    EXPECT_EQ(numbers.json()["shape"], (std::vector<int>{2, 8, 8, 4})) << numbers.body;
}

}  // namespace

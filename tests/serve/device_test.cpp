// SPDX-License-Identifier: MIT
// A server whose networks are on another device.
#include <gtest/gtest.h>

#include "capi/made.hpp"
#include "cli/program.hpp"
#include "core/error.hpp"
#include "ops/gpu/opencl_here.hpp"
#include "serve/client.hpp"
#include "serve/service.hpp"

namespace {

using namespace mf;
using test::Client;

serve::ServiceRequest request_for(const std::filesystem::path& run, const std::string& device) {
    serve::ServiceRequest out;
    out.sources = {run};
    out.port = 0;
    out.threads = 2;
    out.choice.device = device;
    return out;
}

TEST(ServeDevices, WordsThatNameNoneAreRefusedBeforeItListens) {
    EXPECT_THROW(serve::Service(request_for(std::filesystem::path(MF_TEST_DATA) / "old_runs" / "toy", "gpu")),
                 UsageError);
}

TEST(ServeDevices, ModelsAreThereAndSaySo) {
    if (no_opencl()) return;
    const test::Scratch scratch;
    const test::TrainingHandle points = test::points_training();
    ASSERT_EQ(mf_training_run(points.get(), 2, nullptr, nullptr, nullptr), MF_OK);
    ASSERT_EQ(mf_training_save(points.get(), (scratch / "moons").c_str(), nullptr), MF_OK);
    std::vector<nlohmann::json> models, samples;
    for (const std::string device : {"cpu", "opencl"}) {
        const serve::Service service(request_for(scratch / "moons", device));
        models.push_back(Client(service.port()).get("/api/models").json().at("models").at(0));
        const test::Reply reply =
            Client(service.port()).post("/api/sample", R"({"model": 0, "count": 8, "format": "json"})");
        ASSERT_EQ(reply.status, 200) << reply.body;
        samples.push_back(reply.json());
    }
    EXPECT_EQ(models[0].at("device"), "cpu");
    EXPECT_EQ(models[1].at("device"), "opencl:0");
    ASSERT_EQ(samples[0].at("samples").size(), 16U);
    for (std::size_t i = 0; i < 16; ++i)
        EXPECT_NEAR(samples[0]["samples"][i].get<double>(), samples[1]["samples"][i].get<double>(), 1e-4)
            << i;
    const std::string recipe = samples[1].at("recipe").at("command");
    EXPECT_NE(recipe.find("--device opencl:0"), std::string::npos) << recipe;
    EXPECT_EQ(samples[0].at("recipe").at("command").get<std::string>().find("--device"), std::string::npos);
}

}  // namespace

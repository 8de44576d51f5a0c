// SPDX-License-Identifier: MIT
// meanflow serve: the page and its API, until Ctrl-C.
#include <cstdlib>

#include <fmt/format.h>

#include "cli/browser.hpp"
#include "cli/commands/commands.hpp"
#include "cli/sampling_options.hpp"
#include "cli/screen.hpp"
#include "cli/signals.hpp"
#include "cli/vae_options.hpp"
#include "serve/service.hpp"

namespace mf::cli {
namespace {

/// The address at which a browser of this machine gets to the page: all addresses of it are none that one could go to.
std::string here_of(const serve::Service& service, const serve::ServiceRequest& request) {
    std::string out = service.address();
    if (request.address == "0.0.0.0") out = fmt::format("http://127.0.0.1:{}/", service.port());
    if (request.address == "::") out = fmt::format("http://[::1]:{}/", service.port());
    return request.token.empty() ? out : out + "?token=" + request.token;
}

int run_serve(const Invocation& invocation) {
    StopSignals signals;  // before any thread is there
    const Settings& options = invocation.options;
    serve::ServiceRequest request;
    for (const std::string& word : invocation.words) request.sources.emplace_back(word);
    request.address = options.text("--listen");
    request.port = static_cast<int>(options.integer("--port"));
    request.token = options.text("--token");
    request.choice = choice_of(invocation);
    request.vae = vae_request_of(invocation);
    request.threads = invocation.threads();
    request.limits.count = options.integer("--most-count");
    request.limits.steps = options.integer("--most-steps");
    request.most_waiting = static_cast<std::size_t>(options.integer("--most-waiting"));
    request.seconds = options.real("--time-limit");
    // Reading large weights takes seconds, and leaves nothing that would have to be put in order.
    request.while_reading = [&signals] {
        if (signals.pending() != 0) std::_Exit(0);
    };
    serve::Service service(request);
    for (const std::string& line : service.remarks()) remark(invocation.quiet(), line);
    fmt::print("{}\n", service.address());
    std::fflush(stdout);
    if (!request.token.empty()) remark(invocation.quiet(), here_of(service, request) + " opens the page");
    if (options.flag("--open") && !open_in_browser(here_of(service, request)))
        remark(invocation.quiet(), "--open: there is no xdg-open here that could open a browser");
    remark(invocation.quiet(), "Ctrl-C ends it");
    signals.wait();
    if (!service.stop(0.5)) {
        // A network call of many seconds cannot be taken back, and nothing of this program has to be put in order.
        std::fflush(stdout);
        std::_Exit(0);
    }
    return 0;
}

}  // namespace

Command serve_command() {
    Command out;
    out.name = "serve";
    out.summary = "a page in the browser to play with models and watch runs, and its API";
    out.usage =
        "RUN|MODEL|FOLDER_OF_RUNS ... [--port 8080] [--open] [--vae FILE] [--listen ADDRESS --token T]";
    out.example =
        "  meanflow serve runs/fashion\n"
        "  meanflow serve runs/fm runs/mf runs/imf --port 0\n"
        "  meanflow serve runs\n"
        "  meanflow serve imf_b2.safetensors --vae sd_vae.safetensors\n"
        "  meanflow serve runs --listen 0.0.0.0 --token 5c1f0e7b9d2a4836";
    out.options = {
        {"--port", OptionKind::integer, "8080", "port; 0: any that is free", 0, 65535},
        {"--listen", OptionKind::text, "127.0.0.1",
         "address to listen at, a number; 0.0.0.0: all of this machine, which other machines reach: with "
         "--token only"},
        {"--token", OptionKind::text, "",
         "what whoever asks has to know, 16 characters or more: the page is at /?token=T then"},
        {"--open", OptionKind::flag, "false", "opens the page in the browser of this machine (xdg-open)"},
        {"--most-count", OptionKind::integer, "1024", "samples that one request may ask for", 1, 1e6},
        {"--most-steps", OptionKind::integer, "1000", "sampler steps that one request may ask for", 1, 1e6},
        {"--most-waiting", OptionKind::integer, "16",
         "requests that may wait for the network; the next one is sent away", 1, 10000},
        {"--time-limit", OptionKind::real, "60", "seconds that one request may take, its wait included", 0.1,
         86400},
    };
    for (Option& option : model_options())
        if (option.key != "--step") out.options.push_back(std::move(option));
    for (Option& option : vae_options()) out.options.push_back(std::move(option));
    out.takes_device = true;
    out.least_words = 1;
    out.most_words = 64;
    out.run = run_serve;
    return out;
}

}  // namespace mf::cli

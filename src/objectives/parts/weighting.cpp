// SPDX-License-Identifier: MIT
#include "objectives/parts/weighting.hpp"

namespace mf {

const OptionTable& Weighting::options() {
    static const OptionTable table = {
        {"loss.weight",
         OptionKind::text,
         "none",
         "none: plain mean square; adaptive: |d|^2 / sg((|d|^2 + c)^p)",
         0,
         0,
         {"none", "adaptive"}},
        {"loss.p", OptionKind::real, "1", "power of the adaptive weight", 0, 4},
        {"loss.p_end", OptionKind::text, "same",
         "power at the end of training, reached linearly; same: loss.p"},
        {"loss.c", OptionKind::real, "1e-3", "constant of the adaptive weight", 1e-12},
    };
    return table;
}

Weighting Weighting::make(const Settings& settings) {
    Weighting out;
    out.adaptive = settings.text("loss.weight") == "adaptive";
    out.p = settings.real("loss.p");
    out.c = settings.real("loss.c");
    const std::string& end = settings.text("loss.p_end");
    out.p_end = out.p;
    if (end != "same") {
        const Option as_number{
            "loss.p_end", OptionKind::real, "1", "power at the end, or the word same", 0, 4};
        check_option_text(as_number, end);
        out.p_end = std::stod(end);
    }
    return out;
}

}  // namespace mf

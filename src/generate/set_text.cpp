// SPDX-License-Identifier: MIT
#include "generate/set_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "generate/guidance.hpp"
#include "io/checksum.hpp"

namespace mf {

std::string set_text(const LoadedModel& loaded, const SampleRequest& request) {
    std::uint32_t sum = 0;
    for (const Param& param : loaded.model->params().all())
        sum = crc32c({static_cast<const char*>(param.value.raw()), param.value.bytes()}, sum);
    const GuidanceRequest guidance = with_recommended(loaded, request.guidance, steps_of(request), nullptr);
    return fmt::format(
               "weights {:08x} shape {} seed {} steps {} times {} solver {} published {} bf16 {} labels {} "
               "omega {} "
               "interval {} {}",
               sum, loaded.sample.shape, request.seed, request.steps, fmt::join(request.times, ","),
               request.solver, request.as_published, request.precision == Precision::bf16, guidance.labels,
               fmt::join(guidance.omega, ","), fmt::join(guidance.t_min, ","),
               fmt::join(guidance.t_max, ",")) +
           (request.noise.empty()
                ? ""
                : fmt::format(" noise {:08x}", crc32c({reinterpret_cast<const char*>(request.noise.data()),
                                                       request.noise.size() * sizeof(float)}))) +
           (loaded.decoder != nullptr ? " " + loaded.decoder->text() : "");
}

}  // namespace mf

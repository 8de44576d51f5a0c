// SPDX-License-Identifier: MIT
// Velocities of a network and their derivative in forward mode.
#include <algorithm>
#include <cmath>

#include "core/error.hpp"
#include "door/model_parts.hpp"
#include "generate/guidance.hpp"

namespace mf::door {
namespace {

/// One call: its rows, portion by portion.
class Flowing {
  public:
    Flowing(Model::Parts& parts, const FlowRequest& request)
        : parts_(parts), request_(request), each_(parts.loaded.sample.shape.count()) {
        count_ = std::ssize(request.z) / each_;
        const Shape& shape = parts.loaded.sample.shape;
        check_usage(count_ > 0 && count_ * each_ == std::ssize(request.z),
                    "[velocity] z has {} numbers, expected rows of shape {}", request.z.size(), shape.text());
        check_usage(request.tangent.empty() || request.tangent.size() == request.z.size(),
                    "[velocity] the tangent has {} numbers and z {}", request.tangent.size(),
                    request.z.size());
        check_finite("velocity", request.z, "z");
        check_finite("velocity", request.tangent, "the tangent");
        check_times(request.t, "t");
        check_guidance_numbers(request.guidance, count_);
        check_guidance(parts.loaded, request.guidance);
        if (!request.guidance.omega.empty() &&
            guidance_ability(parts.loaded).kind == GuidanceKind::second_pass)
            throw UsageError("[velocity] the strength of guidance is no input of this network",
                             "guide from outside: u(none) + omega * (u(label) - u(none))");
        condition_ = condition_of(parts.loaded, request.guidance, request.seed, count_);
    }

    void check_times(std::span<const float> times, const char* name) const {
        check_usage(times.size() == 1 || std::ssize(times) == count_,
                    "[velocity] {} has {} times for {} rows; give one, or one for each", name, times.size(),
                    count_);
        check_finite("velocity", times, name);
    }

    Flow average(bool derivative) {
        check_times(request_.r, "r");
        Flow out;
        out.u.resize(request_.z.size());
        if (derivative) out.du_dt.resize(request_.z.size());
        in_portions([&](std::int64_t begin, std::int64_t end) {
            Dual z(rows(request_.z, begin, end)), r(times(request_.r, begin, end)),
                t(times(request_.t, begin, end));
            if (derivative) {
                z.tangent =
                    request_.tangent.empty() ? own_velocity(begin, end) : rows(request_.tangent, begin, end);
                t.tangent = context_.filled({end - begin, 1}, 1.0F);
            }
            const UV f = parts_.loaded.model->forward(context_, z, r, t, condition(begin, end),
                                                      {.u = true, .v = false});
            bring(f.u.value, out.u.data() + begin * each_);
            if (!derivative) return;
            float* const to = out.du_dt.data() + begin * each_;
            if (f.u.tangent.empty())
                std::fill_n(to, (end - begin) * each_, 0.0F);
            else
                bring(f.u.tangent, to);
        });
        return out;
    }

    std::vector<float> instantaneous() {
        std::vector<float> out(request_.z.size());
        in_portions([&](std::int64_t begin, std::int64_t end) {
            bring(own_velocity(begin, end), out.data() + begin * each_);
        });
        return out;
    }

  private:
    template <class Work>
    void in_portions(Work work) {
        const std::int64_t most = parts_.loaded.model->tile_rows() * parts_.team.size();
        for (std::int64_t begin = 0; begin < count_; begin += most) {
            end_if_asked(request_.stop, "asking for velocities");
            work(begin, std::min(count_, begin + most));
        }
    }
    /// Numbers of the device to the caller.
    void bring(const Tensor& from, float* to) { parts_.device.download(to, View(from).data, from.bytes()); }
    Tensor rows(std::span<const float> from, std::int64_t begin, std::int64_t end) {
        Tensor out = context_.make({end - begin, each_});
        parts_.device.upload(Into(out).data, from.data() + begin * each_, out.bytes());
        return out;
    }
    Tensor times(std::span<const float> from, std::int64_t begin, std::int64_t end) {
        Tensor out = context_.make_host({end - begin, 1});
        if (from.size() == 1)
            out.fill(from[0]);
        else
            std::copy_n(from.data() + begin, end - begin, out.f32());
        return context_.on_device(out);
    }
    Condition condition(std::int64_t begin, std::int64_t end) const {
        const auto cut = [&](const Tensor& x) -> Tensor {
            if (x.empty()) return {};
            return x.shape().rank() == 1 ? x.reshaped({x.count(), 1}).row_range(begin, end)
                                         : x.row_range(begin, end);
        };
        return {cut(condition_.labels), cut(condition_.omega), cut(condition_.t_min), cut(condition_.t_max)};
    }
    Tensor own_velocity(std::int64_t begin, std::int64_t end) {
        const bool head = parts_.loaded.model->has_v_head();
        const Dual z(rows(request_.z, begin, end)), t(times(request_.t, begin, end));
        UV f =
            parts_.loaded.model->forward(context_, z, t, t, condition(begin, end), {.u = !head, .v = head});
        return head ? f.v.value : f.u.value;
    }

    Model::Parts& parts_;
    const FlowRequest& request_;
    std::int64_t each_, count_ = 0;
    Condition condition_;
    Context context_{parts_.device, parts_.pool, nullptr, parts_.precision, false, &parts_.host_pool};
};

}  // namespace

Flow Model::velocity(const FlowRequest& request, bool derivative) const {
    const auto turn = parts_->turn.take();
    return Flowing(*parts_, request).average(derivative);
}

std::vector<float> Model::instantaneous(const FlowRequest& request) const {
    const auto turn = parts_->turn.take();
    return Flowing(*parts_, request).instantaneous();
}

}  // namespace mf::door

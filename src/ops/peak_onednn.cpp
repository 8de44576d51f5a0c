// SPDX-License-Identifier: MIT
#include <algorithm>
#include <vector>

#include <omp.h>
#include <oneapi/dnnl/dnnl.hpp>

#include "core/error.hpp"
#include "core/stopwatch.hpp"
#include "ops/peak.hpp"

namespace mf {
namespace {

constexpr std::int64_t kSize =
    768;  // three matrices of 2.3 MB: beyond the caches of a core, as real layers are

/// oneDNN 3 describes a product in one call, oneDNN 2 through an operation descriptor.
template <class Matmul>
auto describe(const dnnl::engine& engine, const dnnl::memory::desc& in, const dnnl::memory::desc& out) {
    if constexpr (requires { typename Matmul::desc; })
        return typename Matmul::primitive_desc(typename Matmul::desc(in, in, out), engine);
    else
        return typename Matmul::primitive_desc(engine, in, in, out);
}

/// One thread's product, kept so that timing sees only the execution.
class Product {
  public:
    explicit Product(Precision precision) : engine_(dnnl::engine::kind::cpu, 0), stream_(engine_) {
        omp_set_num_threads(1);  // of the calling thread: oneDNN is to start no team of its own
        using Type = dnnl::memory::data_type;
        const Type operand = precision == Precision::bf16 ? Type::bf16 : Type::f32;
        const dnnl::memory::desc in({kSize, kSize}, operand, dnnl::memory::format_tag::ab);
        const dnnl::memory::desc out({kSize, kSize}, Type::f32, dnnl::memory::format_tag::ab);
        matmul_ = dnnl::matmul(describe<dnnl::matmul>(engine_, in, out));
        a_ = dnnl::memory(in, engine_);
        b_ = dnnl::memory(in, engine_);
        c_ = dnnl::memory(out, engine_);
        for (dnnl::memory* m : {&a_, &b_})
            std::fill_n(static_cast<char*>(m->get_data_handle()), m->get_desc().get_size(), char{0});
    }
    double seconds() {
        const Stopwatch watch;
        matmul_.execute(stream_, {{DNNL_ARG_SRC, a_}, {DNNL_ARG_WEIGHTS, b_}, {DNNL_ARG_DST, c_}});
        stream_.wait();
        return watch.seconds();
    }

  private:
    dnnl::engine engine_;
    dnnl::stream stream_;
    dnnl::matmul matmul_;
    dnnl::memory a_, b_, c_;
};

}  // namespace

double measure_gemm_peak(Team& team, Precision precision) {
    std::vector<double> best(static_cast<std::size_t>(team.size()), 1e9);
    team.run([&](int lane) {
        try {
            Product product(precision);
            for (int i = 0; i < 12; ++i)
                best[static_cast<std::size_t>(lane)] =
                    std::min(best[static_cast<std::size_t>(lane)], product.seconds());
        } catch (const dnnl::error& e) {
            throw Error(std::string("[peak] oneDNN: ") + e.what());
        }
    });
    double sum = 0;
    for (double seconds : best) sum += 2.0 * kSize * kSize * kSize / seconds / 1e9;
    return sum;
}

}  // namespace mf

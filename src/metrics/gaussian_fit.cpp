// SPDX-License-Identifier: MIT
#include "metrics/gaussian_fit.hpp"

#include <algorithm>

#include "core/error.hpp"
#include "metrics/panel_f64.hpp"
#include "metrics/tensor_io.hpp"

namespace mf {
namespace {

constexpr std::int64_t kFitRows = 256;  // rows

std::size_t places(std::int64_t n) { return static_cast<std::size_t>(n); }

}  // namespace

GaussianFit::GaussianFit(std::int64_t dim) : dim_(dim) {
    check(dim > 0, "[frechet] expected at least one feature, got {}", dim);
    sum_.resize(places(dim));
    products_.resize(places(dim * dim));
}

void GaussianFit::add(MatrixView x, Team& team) {
    check(x.cols == dim_, "[frechet] expected {} features, got {}", dim_, x.cols);
    check_samples("frechet", rows_ == 0 ? "samples" : fmt::format("samples, {} rows on", rows_).c_str(), x,
                  0);
    rows_ += x.rows;
    for (std::int64_t at = 0; at < x.rows;) {
        const std::int64_t room = kFitRows - std::ssize(waiting_) / dim_, taken = std::min(room, x.rows - at);
        waiting_.insert(waiting_.end(), x.row(at), x.row(at) + taken * dim_);
        at += taken;
        if (taken == room) add_waiting(team);
    }
}

void GaussianFit::add_waiting(Team& team) {
    constexpr std::int64_t width = kPanelF64;
    const std::int64_t rows = std::ssize(waiting_) / dim_;
    if (rows == 0) return;
    const bool first = shift_.empty();
    if (first) shift_.resize(places(dim_));
    if (panels_.rows() == 0) panels_ = PanelsF64(dim_, kFitRows);
    team.split(panels_.count(), 1, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t p = begin; p < end; ++p) {
            const std::int64_t left = p * width, columns = std::min(width, dim_ - left);
            double* const panel = panels_.panel(p);
            for (std::int64_t i = 0; i < rows; ++i)
                for (std::int64_t j = 0; j < columns; ++j)
                    panel[i * width + j] = waiting_[places(i * dim_ + left + j)];
            for (std::int64_t j = 0; j < columns; ++j) {
                double& shift = shift_[places(left + j)];
                double total = 0;
                if (first) {
                    for (std::int64_t i = 0; i < rows; ++i) shift += panel[i * width + j];
                    shift /= static_cast<double>(rows);
                }
                for (std::int64_t i = 0; i < rows; ++i) total += panel[i * width + j] -= shift;
                sum_[places(left + j)] += total;
            }
        }
    });
    add_product(products_.data(), dim_, panels_, panels_, rows, Part::lower, team);
    waiting_.clear();
}

Gaussian GaussianFit::finish() const {
    check(rows_ >= 2, "[frechet] a covariance needs at least 2 rows, got {}", rows_);
    if (!waiting_.empty()) {
        GaussianFit whole = *this;
        Team alone;
        whole.add_waiting(alone);
        return whole.finish();
    }
    const auto n = static_cast<double>(rows_);
    Gaussian out{std::vector<double>(places(dim_)), std::vector<double>(places(dim_ * dim_))};
    for (std::int64_t i = 0; i < dim_; ++i) {
        out.mean[places(i)] = shift_[places(i)] + sum_[places(i)] / n;
        for (std::int64_t j = 0; j <= i; ++j) {
            const double value =
                (products_[places(i * dim_ + j)] - sum_[places(i)] * sum_[places(j)] / n) / (n - 1);
            out.covariance[places(i * dim_ + j)] = out.covariance[places(j * dim_ + i)] = value;
        }
    }
    return out;
}

void GaussianFit::save(std::map<std::string, Tensor>& tensors, const std::string& prefix) const {
    tensors[prefix + "rows"] = tensor_of_integer(rows_);
    tensors[prefix + "waiting"] = tensor_of_floats(waiting_, {std::ssize(waiting_) / dim_, dim_});
    tensors[prefix + "shift"] = tensor_of_doubles(shift_, {std::ssize(shift_)});
    tensors[prefix + "sum"] = tensor_of_doubles(sum_, {dim_});
    tensors[prefix + "products"] = tensor_of_doubles(products_, {dim_, dim_});
}

void GaussianFit::load(const std::map<std::string, Tensor>& tensors, const std::string& prefix,
                       const std::string& place) {
    const std::int64_t rows = integer_in(tensors, prefix + "rows", place);
    check(rows >= 0, "{}: {}rows is {}, expected a number of rows", place, prefix, rows);
    GaussianFit out(dim_);
    out.rows_ = rows;
    out.waiting_ = floats_in(tensors, prefix + "waiting", rows % kFitRows * dim_, place);
    out.shift_ = doubles_in(tensors, prefix + "shift", rows >= kFitRows ? dim_ : 0, place);
    out.sum_ = doubles_in(tensors, prefix + "sum", dim_, place);
    out.products_ = doubles_in(tensors, prefix + "products", dim_ * dim_, place);
    *this = std::move(out);
}

Gaussian fit_gaussian(MatrixView x, Team& team) {
    check_samples("frechet", "samples", x, 2);
    GaussianFit fit(x.cols);
    fit.add(x, team);
    return fit.finish();
}

}  // namespace mf

// SPDX-License-Identifier: MIT
#include "models/tiled_decode.hpp"

#include <algorithm>
#include <memory>

namespace mf {
namespace {

/// Rows and columns [y0, y1) x [x0, x1) of a picture (1, H, W, c).
Tensor crop(const Context& context, const Tensor& x, std::int64_t y0, std::int64_t y1, std::int64_t x0,
            std::int64_t x1) {
    const std::int64_t c = x.cols(), width = x.shape()[2];
    Tensor out = context.make({1, y1 - y0, x1 - x0, c});
    for (std::int64_t i = y0; i < y1; ++i)
        std::copy_n(x.f32() + (i * width + x0) * c, (x1 - x0) * c, out.f32() + (i - y0) * (x1 - x0) * c);
    return out;
}

/// Pixels of the first tiled level that the last picture's pixels look at beyond their own: two for every resnet, one for
/// a step's and the last convolution, each level's counted in its own, finer pixels.
std::int64_t halo_of(const SdVae::Config& config, std::size_t whole_levels) {
    const std::size_t levels = config.channels.size();
    double reach = 0, pixel = 1;
    for (std::size_t i = whole_levels; i < levels; ++i) {
        reach += static_cast<double>(2 * (config.layers + 1)) * pixel;
        if (i + 1 < levels) pixel /= 2;
        reach += pixel;
    }
    return static_cast<std::int64_t>(reach) + 1;
}

/// Floats that are alive at once for a pixel of level i (0 the lowest): a resnet's input, what is normed and its results,
/// or the enlarged picture and what its convolution makes of it.
double floats_of(const SdVae::Config& config, std::size_t i) {
    const std::size_t levels = config.channels.size();
    const auto channels = [&](std::size_t level) {
        return static_cast<double>(config.channels[levels - 1 - level]);
    };
    const double in = i == 0 ? channels(0) : channels(i - 1);
    const double resnet = 2 * in + 2 * channels(i), step = i + 1 < levels ? 9 * channels(i) : 0;
    return std::max(resnet, step);
}

/// Floats at the widest place of levels [from, to) that begin with `pixels`.
double widest(const SdVae::Config& config, std::size_t from, std::size_t to, double pixels) {
    double out = 0;
    for (std::size_t i = from; i < to; ++i, pixels *= 4) out = std::max(out, pixels * floats_of(config, i));
    return out;
}

/// Memory of a level goes back to the system when the next one has its input: blocks of one size are of no use to it.
class LevelPools {
  public:
    explicit LevelPools(const Context& context) : context_(context) {}
    Dual through(const SdVae& vae, std::size_t level, Dual x, NormBook* book) {
        auto pool = std::make_unique<Pool>(context_.device);
        Dual y = vae.decode_level({context_.device, *pool, nullptr, context_.precision}, level, std::move(x),
                                  book);
        pool_ = std::move(pool);  // x has gone
        return y;
    }

  private:
    const Context& context_;
    std::unique_ptr<Pool> pool_;
};

class TiledDecode {
  public:
    TiledDecode(const SdVae& vae, const Context& context, Tensor base, const TilePlan& plan)
        : vae_(vae),
          context_(context),
          base_(std::move(base)),
          plan_(plan),
          halo_(halo_of(vae.config(), plan.whole_levels)),
          scale_(std::int64_t{1} << (vae.config().channels.size() - 1 - plan.whole_levels)) {}

    Tensor run() {
        double change = 0;
        do {
            every_tile([](const Tensor&, const Place&) {});
            change = book_.end_round();
        } while (change > plan_.exactness);
        const std::int64_t height = base_.shape()[1] * scale_, width = base_.shape()[2] * scale_,
                           c = vae_.config().pixels;
        Tensor out = context_.make({1, height, width, c});
        every_tile([&](const Tensor& tile, const Place& p) {
            const std::int64_t tile_width = tile.shape()[2];
            for (std::int64_t i = p.y0 * scale_; i < p.y1 * scale_; ++i)
                std::copy_n(tile.f32() + ((i - p.above * scale_) * tile_width + (p.x0 - p.left) * scale_) * c,
                            (p.x1 - p.x0) * scale_ * c, out.f32() + (i * width + p.x0 * scale_) * c);
        });
        return out;
    }

  private:
    /// A tile's own pixels [y0, y1) x [x0, x1), and where its picture with the halo begins.
    struct Place {
        std::int64_t y0, y1, x0, x1, above, left;
    };

    /// Calls take(picture with its halo, its place) for every tile.
    template <class Take>
    void every_tile(Take take) {
        const std::int64_t height = base_.shape()[1], width = base_.shape()[2];
        const auto parts = [&](std::int64_t side) { return (side + plan_.tile - 1) / plan_.tile; };
        for (std::int64_t i = 0; i < parts(height); ++i)
            for (std::int64_t j = 0; j < parts(width); ++j) {
                const std::int64_t y0 = height * i / parts(height), y1 = height * (i + 1) / parts(height),
                                   x0 = width * j / parts(width), x1 = width * (j + 1) / parts(width);
                const std::int64_t above = std::max<std::int64_t>(0, y0 - halo_),
                                   below = std::min(height, y1 + halo_),
                                   left = std::max<std::int64_t>(0, x0 - halo_),
                                   right = std::min(width, x1 + halo_);
                book_.begin_part(below - above, y0 - above, y1 - above, x0 - left, x1 - left);
                Dual x = crop(context_, base_, above, below, left, right);
                LevelPools pools(context_);
                for (std::size_t level = plan_.whole_levels; level < vae_.config().channels.size(); ++level)
                    x = pools.through(vae_, level, std::move(x), &book_);
                take(vae_.decode_end(context_, std::move(x), &book_).value, {y0, y1, x0, x1, above, left});
            }
    }

    const SdVae& vae_;
    const Context& context_;
    Tensor base_;
    const TilePlan& plan_;
    std::int64_t halo_, scale_;
    NormBook book_;
};

}  // namespace

std::int64_t decode_bytes(const SdVae::Config& config, std::int64_t height, std::int64_t width,
                          const TilePlan& plan) {
    const auto pixels = static_cast<double>(height * width);
    const std::size_t levels = config.channels.size();
    if (plan.tile == 0) return static_cast<std::int64_t>(4 * widest(config, 0, levels, pixels));
    const double scale = static_cast<double>(std::int64_t{1} << plan.whole_levels),
                 base = pixels * scale * scale;
    const double below = widest(config, 0, plan.whole_levels, pixels);
    const auto side = static_cast<double>(plan.tile + 2 * halo_of(config, plan.whole_levels));
    const double tile = widest(config, plan.whole_levels, levels, std::min(side * side, base));
    const double kept =
        base * static_cast<double>(config.channels[levels - std::max<std::size_t>(1, plan.whole_levels)]);
    const double picture = pixels * static_cast<double>(config.factor() * config.factor() * config.pixels);
    return static_cast<std::int64_t>(4 * std::max(below, kept + picture + tile));
}

TilePlan plan_tiles(const SdVae::Config& config, std::int64_t height, std::int64_t width,
                    std::int64_t bytes) {
    TilePlan best;
    if (decode_bytes(config, height, width, best) <= bytes) return best;
    double least = 0;
    for (std::size_t whole = 0; whole < config.channels.size(); ++whole) {
        const std::int64_t halo = halo_of(config, whole);
        for (std::int64_t tile = 1024; tile >= 8; tile = tile * 3 / 4) {
            const TilePlan plan{.whole_levels = whole, .tile = tile};
            if (decode_bytes(config, height, width, plan) > bytes) continue;
            const double share = static_cast<double>(tile + 2 * halo) / static_cast<double>(tile);
            if (least == 0 || share * share < least) best = plan, least = share * share;
            break;
        }
    }
    if (least == 0)
        throw Error(
            fmt::format("[vae] a latent of {} x {} cannot be decoded in {} MiB", height, width, bytes >> 20),
            "allow it more memory (--vae-memory)");
    return best;
}

Tensor decode_by_plan(const SdVae& vae, const Context& context, const Tensor& latent, const TilePlan& plan) {
    check(latent.shape().rank() == 4 && latent.shape()[0] == 1,
          "[vae] one latent at a time is decoded in tiles, not {}", latent.shape());
    if (plan.tile == 0) return vae.decode(context, latent).value;
    Dual x = vae.decode_middle(context, latent);
    LevelPools pools(context);
    for (std::size_t i = 0; i < plan.whole_levels; ++i) x = pools.through(vae, i, std::move(x), nullptr);
    return TiledDecode(vae, context, std::move(x.value), plan).run();
}

}  // namespace mf

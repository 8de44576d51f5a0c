// SPDX-License-Identifier: MIT
#include "generate/sample_file.hpp"

#include <algorithm>
#include <cctype>
#include <optional>

#include <fmt/format.h>

#include "core/duration.hpp"
#include "core/error.hpp"
#include "core/stopwatch.hpp"
#include "data/images.hpp"
#include "generate/guidance.hpp"
#include "generate/pieces.hpp"
#include "generate/sample_store.hpp"
#include "generate/set_text.hpp"
#include "io/array_numbers.hpp"
#include "io/csv.hpp"
#include "io/file.hpp"
#include "io/looks_like.hpp"
#include "io/npy.hpp"
#include "io/npz.hpp"

namespace mf {
namespace {

/// (count, *sample_shape)
Shape all_of(std::int64_t count, const Shape& sample_shape) {
    Shape out{count};
    for (const std::int64_t d : sample_shape) out.push(d);
    return out;
}

Tensor as_tensor(const std::vector<float>& values, const Shape& sample_shape) {
    Tensor out(all_of(static_cast<std::int64_t>(values.size()) / sample_shape.count(), sample_shape),
               DType::f32);
    std::copy(values.begin(), values.end(), out.f32());
    return out;
}

Tensor stacked(const std::vector<std::vector<float>>& states, const Shape& sample_shape) {
    std::vector<float> all;
    for (const std::vector<float>& state : states) all.insert(all.end(), state.begin(), state.end());
    Shape shape{static_cast<std::int64_t>(states.size()),
                static_cast<std::int64_t>(states[0].size()) / sample_shape.count()};
    for (const std::int64_t d : sample_shape) shape.push(d);
    Tensor out(shape, DType::f32);
    std::copy(all.begin(), all.end(), out.f32());
    return out;
}

std::string csv_of(const std::vector<float>& values, std::int64_t columns) {
    std::string out;
    for (std::size_t i = 0; i < values.size(); ++i)
        out += fmt::format("{}{}", values[i], (static_cast<std::int64_t>(i) + 1) % columns == 0 ? "\n" : ",");
    return out;
}

Tensor scalar(std::int64_t value) {
    Tensor out(Shape{}, DType::i64);
    *static_cast<std::int64_t*>(out.raw()) = value;
    return out;
}

Tensor column_of(const std::vector<double>& given, std::int64_t count, double otherwise) {
    Tensor out({count}, DType::f32);
    for (std::int64_t i = 0; i < count; ++i)
        out.f32()[i] = static_cast<float>(given.empty()       ? otherwise
                                          : given.size() == 1 ? given[0]
                                                              : given[static_cast<std::size_t>(i)]);
    return out;
}

Tensor doubles(const std::vector<double>& values) {
    Tensor out({std::ssize(values)}, DType::f64);
    std::copy(values.begin(), values.end(), static_cast<double*>(out.raw()));
    return out;
}

/// What the samples were asked to be, and how they were made.
void add_conditions(NpzWriter& npz, const LoadedModel& loaded, const SampleRequest& request, bool pixels) {
    const std::vector<std::int32_t> labels =
        labels_of(loaded, request.guidance.labels, request.seed, request.count, request.first);
    if (!labels.empty()) {
        Tensor wide({request.count}, DType::i64);
        std::copy(labels.begin(), labels.end(), static_cast<std::int64_t*>(wide.raw()));
        npz.add(pixels ? "arr_1" : "labels", wide);
        if (!loaded.class_names.empty()) npz.add("class_names", loaded.class_names);
        const GuidanceAbility ability = guidance_ability(loaded);
        const GuidanceRequest guidance =
            with_recommended(loaded, request.guidance, steps_of(request), nullptr);
        const std::vector<double> omega =
            ability.kind == GuidanceKind::fixed ? std::vector<double>{ability.omega} : guidance.omega;
        npz.add("omega", column_of(omega, request.count, 1));
        npz.add("t_min", column_of(guidance.t_min, request.count, 0));
        npz.add("t_max", column_of(guidance.t_max, request.count, 1));
    }
    npz.add("seed", scalar(static_cast<std::int64_t>(request.seed)));
    npz.add("steps", scalar(request.times.empty() ? request.steps : std::ssize(request.times) - 1));
}

/// Samples as they go into a file: floats, or the bytes that pictures have.
class SampleBytes {
  public:
    explicit SampleBytes(bool pixels) : pixels_(pixels) {}
    std::string_view operator()(const std::vector<float>& values) {
        if (!pixels_) return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float)};
        bytes_.resize(values.size());
        std::ranges::transform(values, bytes_.begin(),
                               [](float value) { return static_cast<char>(byte_of_value(value)); });
        return bytes_;
    }

  private:
    bool pixels_;
    std::string bytes_;
};

/// Draws what the store lacks, and says now and then how far it is. Returns the seconds that drawing took.
double draw_to(SampleStore& store, const std::filesystem::path& path, const LoadedModel& loaded,
               const SampleRequest& request, SampleBytes& bytes, Team& team) {
    constexpr double between = 30;  // seconds
    const std::int64_t before = store.count(), each = loaded.shown_shape().count();
    if (before > 0)
        tell(request.remarks,
             fmt::format("{}: goes on after {} of {} samples", path.string(), before, request.count));
    Stopwatch all, line;
    return draw_in_pieces(
        loaded, request, team,
        [&](std::int64_t first, const Samples& samples) {
            // Pieces of another size, on another number of threads, may be there in part.
            const std::int64_t known = std::max<std::int64_t>(store.count() - (first - request.first), 0);
            store.append(bytes({samples.values.begin() + known * each, samples.values.end()}));
            const std::int64_t done = store.count();
            if (line.seconds() < between || done == request.count) return;
            line.restart();
            const double left = all.seconds() / static_cast<double>(done - before) *
                                static_cast<double>(request.count - done);
            tell(request.remarks, fmt::format("{}: {} of {} samples, {} to go", path.string(), done,
                                              request.count, duration_text(left)));
        },
        [&](std::int64_t first, std::int64_t count) {
            return first + count - request.first > store.count();
        });
}

std::string lower_ending(const std::filesystem::path& path) {
    std::string out = path.extension().string();
    std::ranges::transform(out, out.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return out;
}

Tensor read_sample_array(const std::filesystem::path& path) {
    const ArrayFile file(path);
    return to_floats(file.read(sample_array_name(file)), path.string());
}

}  // namespace

void write_samples(const std::filesystem::path& path, const Samples& samples, const Shape& sample_shape) {
    if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path());
    const std::string ending = path.extension().string();
    if (ending == ".npz") return write_npz(path, {{"samples", as_tensor(samples.values, sample_shape)}});
    if (ending == ".npy") return write_npy(path, as_tensor(samples.values, sample_shape));
    check_usage(ending == ".csv", "--out {}: samples are written as .png, .svg, .npz, .npy or .csv",
                path.string());
    write_file_atomically(path, csv_of(samples.values, sample_shape.count()));
}

std::string sample_array_name(const ArrayFile& file) {
    if (file.is_single()) return "";
    for (const char* name : {"samples", "arr_0"})
        if (file.has(name)) return name;
    std::vector<std::string> numbers;
    for (const std::string& name : file.names())
        if (file.open(name).holds_numbers()) numbers.push_back(name);
    if (numbers.size() != 1)
        throw Error(fmt::format("{}: has {} arrays of numbers and none is called samples or arr_0",
                                file.name(), numbers.size()),
                    file.listing());
    return numbers[0];
}

double write_drawn_samples(const std::filesystem::path& path, const LoadedModel& loaded,
                           const SampleRequest& request, bool pixels, Team& team) {
    const std::string ending = path.extension().string();
    const Shape shape = loaded.shown_shape();
    check_usage(ending == ".npz" || ending == ".npy" || ending == ".csv",
                "--out {}: samples are written as .png, .svg, .npz, .npy or .csv", path.string());
    check_usage(
        !pixels || (ending != ".csv" && shape.rank() == 3 && (shape[2] == 1 || shape[2] == 3)),
        "--pixels writes pictures as bytes to .npz or .npy; these samples are of shape {} and go to {}",
        shape, path.string());
    if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path());
    const DType dtype = pixels ? DType::u8 : DType::f32;
    const Shape all = all_of(request.count, shape);
    SampleBytes bytes(pixels);
    double seconds = 0;
    std::optional<SampleStore> store;
    if (ending != ".csv" && request.record == 0 && samples_in_piece(loaded, request, team) < request.count) {
        store.emplace(path,
                      fmt::format("{} first {} {}", set_text(loaded, request), request.first, name_of(dtype)),
                      shape.count() * static_cast<std::int64_t>(size_of(dtype)), request.remarks);
        seconds = draw_to(*store, path, loaded, request, bytes, team);
    }
    const auto write = [&](FileWriter& out) {
        const auto pieces = [&](const auto& put) {
            seconds = draw_in_pieces(loaded, request, team,
                                     [&](std::int64_t, const Samples& samples) { put(samples); });
        };
        if (ending == ".csv")
            return pieces([&](const Samples& samples) { out.write(csv_of(samples.values, shape.count())); });
        if (ending == ".npy") {
            out.write(npy_header_text(npy_type(dtype, path.string()), {all.begin(), all.end()}));
            if (store) return store->read([&](std::string_view part) { out.write(part); });
            return pieces([&](const Samples& samples) { out.write(bytes(samples.values)); });
        }
        NpzWriter npz(out);
        Samples last;  // with recorded states there is one piece
        npz.begin(pixels ? "arr_0" : "samples", dtype, all);
        const auto put = [&](std::string_view part) { npz.write(part.data(), part.size()); };
        if (store)
            store->read(put);
        else
            pieces([&](const Samples& samples) {
                put(bytes(samples.values));
                if (request.record > 0) last = samples;
            });
        npz.end();
        add_conditions(npz, loaded, request, pixels);
        if (request.record > 0) {
            npz.add("recorded", stacked(last.recorded, shape));
            npz.add("recorded_times", doubles(last.recorded_times));
        }
        npz.finish();
    };
    write_file_atomically(path, write, static_cast<std::uint64_t>(all.count()) * size_of(dtype));
    if (store) store->remove();
    return seconds;
}

bool is_text_table(const std::filesystem::path& path) {
    const std::string ending = lower_ending(path);
    return ending == ".csv" || ending == ".tsv" || ending == ".txt";
}

bool is_sample_file(const std::filesystem::path& path) {
    std::error_code ignored;
    if (std::filesystem::is_directory(path, ignored)) return false;
    const std::string ending = lower_ending(path);
    if (ending == ".npz" || ending == ".npy" || is_text_table(path)) return true;
    if (ending == ".safetensors" || !std::filesystem::is_regular_file(path, ignored)) return false;
    const InputFile file(path);
    std::string start(std::min<std::uint64_t>(file.size(), kTellingBytes), '\0');
    file.read(0, start.data(), start.size());
    return start.starts_with("\x93NUMPY") ||
           (start.starts_with("PK\x03\x04") && start.find(".npy") != std::string::npos);
}

std::vector<float> read_points(const std::filesystem::path& path) {
    const Tensor points = is_text_table(path) ? read_csv(path) : read_sample_array(path);
    check(points.shape().rank() == 2 && points.cols() == 2, "{}: expected points of shape (n, 2), got {}",
          path.string(), points.shape().text());
    return {points.floats().begin(), points.floats().end()};
}

std::filesystem::path with_suffix(const std::filesystem::path& path, const std::string& suffix) {
    return path.parent_path() / (path.stem().string() + "_" + suffix + path.extension().string());
}

}  // namespace mf

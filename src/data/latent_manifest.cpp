// SPDX-License-Identifier: MIT
#include "data/latent_manifest.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/error.hpp"
#include "io/checksum.hpp"
#include "io/file.hpp"

namespace mf {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr const char* kFormat = "meanflow latents";
constexpr int kVersion = 1;
constexpr std::int64_t kMostLatentSide = 1 << 16, kMostCount = std::int64_t{1} << 40;

Shape shape_of(const json& dims) {
    check(dims.is_array() && dims.size() == 3, "its shape is no height, width and channels");
    std::array<std::int64_t, 3> d{};
    for (std::size_t i = 0; i < 3; ++i) {
        d[i] = dims[i].get<std::int64_t>();
        check(d[i] > 0 && d[i] <= kMostLatentSide, "its shape holds {}", d[i]);
    }
    return {d[0], d[1], d[2]};
}

LatentShard shard_of(const json& item) {
    LatentShard out{item.at("file").get<std::string>(), item.at("count").get<std::int64_t>(),
                    item.at("bytes").get<std::uint64_t>(), item.at("checksum").get<std::string>()};
    check(fs::path(out.file).filename() == out.file && !out.file.empty() && out.file[0] != '.',
          "a file of it is called '{}'", out.file);
    check(out.count >= 0 && out.count <= kMostCount, "{} has {} latents", out.file, out.count);
    return out;
}

LatentManifest manifest_of(const json& given) {
    check(given.is_object() && given.value("format", "") == kFormat, "is no list of latents");
    check(given.value("version", 0) == kVersion, "is of version {}, expected {}", given.value("version", 0),
          kVersion);
    LatentManifest out;
    for (const auto& [key, value] : given.at("recipe").items())
        out.recipe.emplace_back(key, value.get<std::string>());
    out.shape = shape_of(given.at("shape"));
    out.variants = given.at("variants").get<int>();
    check(out.variants == 1 || out.variants == 2, "has {} variants of a picture, expected 1 or 2",
          out.variants);
    out.class_names = given.at("classes").get<std::vector<std::string>>();
    for (const json& item : given.at("shards")) out.shards.push_back(shard_of(item));
    out.complete = given.at("complete").get<bool>();
    return out;
}

}  // namespace

std::int64_t LatentManifest::count() const {
    std::int64_t sum = 0;
    for (const LatentShard& shard : shards) sum += shard.count;
    return sum;
}

std::optional<LatentManifest> read_manifest(const fs::path& folder) {
    const fs::path path = folder / kManifestName;
    if (!fs::exists(path)) return std::nullopt;
    try {
        return manifest_of(json::parse(read_file(path)));
    } catch (const json::exception& error) {
        throw Error(fmt::format("[latents] {}: is damaged, or not from here (byte or member: {})",
                                path.string(), error.id));
    } catch (const Error& error) {
        throw Error(fmt::format("[latents] {}: {}", path.string(), error.what()));
    }
}

void write_manifest(const fs::path& folder, const LatentManifest& manifest) {
    nlohmann::ordered_json out;
    out["format"] = kFormat;
    out["version"] = kVersion;
    out["complete"] = manifest.complete;
    out["count"] = manifest.count();
    out["shape"] = {manifest.shape[0], manifest.shape[1], manifest.shape[2]};
    out["variants"] = manifest.variants;
    out["recipe"] = nlohmann::ordered_json::object();
    for (const auto& [key, value] : manifest.recipe) out["recipe"][key] = value;
    out["classes"] = manifest.class_names;
    out["shards"] = nlohmann::ordered_json::array();
    for (const LatentShard& shard : manifest.shards)
        out["shards"].push_back({{"file", shard.file},
                                 {"count", shard.count},
                                 {"bytes", shard.bytes},
                                 {"checksum", shard.checksum}});
    // A class name may hold bytes that are no UTF-8, as file names may.
    write_file_atomically(folder / kManifestName,
                          out.dump(1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n");
}

LatentShard measured_shard(const fs::path& folder, const std::string& file, std::int64_t count) {
    const MappedFile mapped(folder / file);
    const auto bytes = mapped.bytes();
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return {file, count, bytes.size(), fmt::format("crc32c:{:08x}", crc32c(text))};
}

std::string fault_of(const fs::path& folder, const LatentShard& shard, bool sum) {
    const fs::path path = folder / shard.file;
    std::error_code code;
    if (!fs::is_regular_file(path, code)) return "is missing";
    const std::uint64_t bytes = fs::file_size(path, code);
    if (code || bytes != shard.bytes) return fmt::format("has {} bytes, expected {}", bytes, shard.bytes);
    if (sum && measured_shard(folder, shard.file, shard.count).checksum != shard.checksum)
        return "does not have its checksum: it is damaged";
    return {};
}

}  // namespace mf

// SPDX-License-Identifier: MIT
#include "support/golden.hpp"

#include <bit>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace mf {
namespace {

template <class Stored>
std::vector<double> widen(const char* bytes, std::size_t size) {
    std::vector<double> out(size / sizeof(Stored));
    for (std::size_t i = 0; i < out.size(); ++i) {
        Stored value;
        std::memcpy(&value, bytes + i * sizeof(Stored), sizeof(Stored));
        out[i] = static_cast<double>(value);
    }
    return out;
}

std::vector<double> widen_bf16(const char* bytes, std::size_t size) {
    std::vector<double> out = widen<std::uint16_t>(bytes, size);
    for (double& value : out) value = std::bit_cast<float>(static_cast<std::uint32_t>(value) << 16);
    return out;
}

std::vector<double> decode(const std::string& dtype, const char* bytes, std::size_t size) {
    if (dtype == "F32") return widen<float>(bytes, size);
    if (dtype == "F64") return widen<double>(bytes, size);
    if (dtype == "I32") return widen<std::int32_t>(bytes, size);
    if (dtype == "I64") return widen<std::int64_t>(bytes, size);
    if (dtype == "U8" || dtype == "BOOL") return widen<std::uint8_t>(bytes, size);
    if (dtype == "BF16") return widen_bf16(bytes, size);
    throw std::runtime_error("golden data of dtype " + dtype + " are not supported");
}

}  // namespace

std::vector<float> GoldenTensor::floats() const { return {values.begin(), values.end()}; }

std::vector<std::int32_t> GoldenTensor::integers() const {
    std::vector<std::int32_t> out;
    for (const double value : values) out.push_back(static_cast<std::int32_t>(value));
    return out;
}

double GoldenTensor::scalar() const {
    if (values.size() != 1)
        throw std::runtime_error("not a scalar: " + std::to_string(values.size()) + " values");
    return values[0];
}

Golden::Golden(const std::string& name) : name_(name) {
    std::ifstream file(std::filesystem::path(MF_TEST_DATA) / name, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    std::uint64_t header_size = 0;
    if (bytes.size() < 8) throw std::runtime_error("cannot read golden file " + name);
    std::memcpy(&header_size, bytes.data(), 8);
    if (header_size > bytes.size() - 8) throw std::runtime_error("golden file " + name + " is cut short");
    const auto header = nlohmann::json::parse(bytes.substr(8, header_size));
    const std::size_t base = 8 + header_size;
    for (const auto& [key, entry] : header.items()) {
        if (key == "__metadata__") {
            if (entry.contains("config"))
                config_ = nlohmann::json::parse(entry.at("config").get<std::string>());
            continue;
        }
        const std::size_t begin = entry.at("data_offsets").at(0);
        const std::size_t end = entry.at("data_offsets").at(1);
        if (begin > end || base + end > bytes.size())
            throw std::runtime_error(name + " is cut short at " + key);
        tensors_[key] = {entry.at("shape").get<std::vector<std::int64_t>>(),
                         decode(entry.at("dtype"), bytes.data() + base + begin, end - begin)};
    }
}

const GoldenTensor& Golden::at(const std::string& name) const {
    const auto found = tensors_.find(name);
    if (found == tensors_.end()) throw std::runtime_error(name_ + " has no tensor " + name);
    return found->second;
}

}  // namespace mf

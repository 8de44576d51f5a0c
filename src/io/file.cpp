// SPDX-License-Identifier: MIT
#include "io/file.hpp"

#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/error.hpp"

namespace mf {
namespace {

Descriptor open_for_reading(const std::string& name) {
    // Without O_NONBLOCK, opening a pipe that nobody writes to would wait for ever.
    Descriptor descriptor(::open(name.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    if (descriptor.open()) return descriptor;
    if (errno == ENOENT) throw Error(fmt::format("[file] {}: there is no such file", name));
    throw Error(fmt::format("[file] {}: cannot be opened: {}", name, system_text(errno)));
}

}  // namespace

Descriptor::~Descriptor() {
    if (number_ >= 0) ::close(number_);
}

std::string system_text(int code) { return std::generic_category().message(code); }

InputFile::InputFile(const std::filesystem::path& path)
    : name_(path.string()), descriptor_(open_for_reading(name_)) {
    struct stat about {};
    check(::fstat(descriptor_.get(), &about) == 0, "[file] {}: cannot be examined: {}", name_,
          system_text(errno));
    check(!S_ISDIR(about.st_mode), "[file] {}: is a folder, expected a file", name_);
    check(S_ISREG(about.st_mode), "[file] {}: is a device or a pipe, expected a regular file", name_);
    size_ = static_cast<std::uint64_t>(about.st_size);
}

void InputFile::read(std::uint64_t offset, void* out, std::size_t bytes) const {
    auto* to = static_cast<char*>(out);
    while (bytes > 0) {
        const ssize_t got = ::pread(descriptor_.get(), to, bytes, static_cast<off_t>(offset));
        if (got < 0 && errno == EINTR) continue;
        check(got >= 0, "[file] {}: cannot be read at byte {}: {}", name_, offset, system_text(errno));
        check(got > 0, "[file] {}: ends at byte {}, expected {} bytes more", name_, offset, bytes);
        to += got;
        offset += static_cast<std::uint64_t>(got);
        bytes -= static_cast<std::size_t>(got);
    }
}

std::string read_file(const std::filesystem::path& path, std::uint64_t most_bytes) {
    const InputFile file(path);
    check(file.size() <= most_bytes, "[file] {}: has {} bytes, expected at most {}", file.name(), file.size(),
          most_bytes);
    std::string content(file.size(), '\0');
    file.read(0, content.data(), content.size());
    return content;
}

MappedFile::MappedFile(const std::filesystem::path& path) {
    const InputFile file(path);
    name_ = file.name();
    if (file.size() == 0) return;
    void* address = ::mmap(nullptr, file.size(), PROT_READ, MAP_PRIVATE, file.descriptor(), 0);
    check(address != MAP_FAILED, "[file] {}: cannot be mapped into memory: {}", name_, system_text(errno));
    bytes_ = {static_cast<const std::byte*>(address), static_cast<std::size_t>(file.size())};
}

MappedFile::~MappedFile() {
    if (!bytes_.empty()) ::munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size());
}

}  // namespace mf

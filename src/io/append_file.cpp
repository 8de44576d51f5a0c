// SPDX-License-Identifier: MIT
#include "io/append_file.hpp"

#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/error.hpp"

namespace mf {

AppendFile::AppendFile(const std::filesystem::path& path) : name_(path.string()) {
    descriptor_ =
        Descriptor(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK, 0666));
    check(descriptor_.open(), "[file] {}: cannot be opened for writing: {}", name_, system_text(errno));
    struct stat about {};
    check(::fstat(descriptor_.get(), &about) == 0, "[file] {}: cannot be examined: {}", name_,
          system_text(errno));
    check(S_ISREG(about.st_mode), "[file] {}: is a device or a pipe, expected a regular file", name_);
    size_ = static_cast<std::uint64_t>(about.st_size);
}

void AppendFile::append(std::string_view record) {
    std::string_view rest = record;
    while (!rest.empty()) {
        const ssize_t done = ::write(descriptor_.get(), rest.data(), rest.size());
        if (done < 0 && errno == EINTR) continue;
        if (done <= 0) {
            const int code = done < 0 ? errno : ENOSPC;
            cut(size_);
            throw Error(fmt::format("[file] {}: {} bytes cannot be added: {}", name_, record.size(),
                                    system_text(code)),
                        "the records before this one are whole");
        }
        rest.remove_prefix(static_cast<std::size_t>(done));
    }
    size_ += record.size();
}

void AppendFile::cut(std::uint64_t size) {
    check(::ftruncate(descriptor_.get(), static_cast<off_t>(size)) == 0,
          "[file] {}: cannot be cut to {} bytes: {}", name_, size, system_text(errno));
    size_ = size;
}

}  // namespace mf

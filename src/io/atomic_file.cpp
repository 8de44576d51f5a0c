// SPDX-License-Identifier: MIT
// The writing half of io/file.hpp.
#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "core/error.hpp"
#include "io/file.hpp"

namespace mf {
namespace {

constexpr std::size_t kBuffer = std::size_t{1} << 18;

/// The file that `path` really is: links followed; Error when it may not be replaced by a regular file.
std::filesystem::path final_target(const std::filesystem::path& path) {
    struct stat about {};
    const bool is_link = ::lstat(path.c_str(), &about) == 0 && S_ISLNK(about.st_mode);
    if (::stat(path.c_str(), &about) != 0) {
        check(!is_link, "[file] {}: is a link to a file that is not there", path.string());
        check(path.has_filename(), "[file] '{}': expected the name of a file", path.string());
        return path;
    }
    check(!S_ISDIR(about.st_mode), "[file] {}: is a folder, expected a file to write", path.string());
    check(S_ISREG(about.st_mode), "[file] {}: is a device or a pipe, expected a regular file to write",
          path.string());
    check(::access(path.c_str(), W_OK) == 0, "[file] {}: may not be written: {}", path.string(),
          system_text(errno));
    return is_link ? std::filesystem::canonical(path) : path;
}

std::filesystem::path folder_of(const std::filesystem::path& path) {
    return path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
}

/// A new file beside `target`, removed again unless it has become `target`.
class Temporary {
  public:
    explicit Temporary(std::filesystem::path target) : target_(std::move(target)) {
        // A name that a dead process left behind is stepped over; 200: room for the rest in the 255 a name
        // may have.
        const std::string stem = target_.filename().string().substr(0, 200);
        for (int n = 0; n < 10000 && !descriptor_.open(); ++n) {
            path_ = folder_of(target_) / fmt::format(".{}.{}-{}.tmp", stem, ::getpid(), n);
            descriptor_ = Descriptor(::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
            if (!descriptor_.open() && errno != EEXIST) break;
        }
        check(descriptor_.open(), "[file] {}: cannot be created: {}", target_.string(), system_text(errno));
        struct stat about {};
        if (::stat(target_.c_str(), &about) == 0) (void)::fchmod(descriptor_.get(), about.st_mode & 07777);
    }
    ~Temporary() {
        if (!path_.empty()) ::unlink(path_.c_str());
    }
    Temporary(const Temporary&) = delete;
    Temporary& operator=(const Temporary&) = delete;

    int descriptor() const { return descriptor_.get(); }

    void become_target() {
        if (::fsync(descriptor_.get()) != 0) fail("cannot be synced to the disk");
        if (::close(descriptor_.release()) != 0) fail("cannot be closed");
        if (::rename(path_.c_str(), target_.c_str()) != 0) fail("cannot be renamed from its temporary name");
        path_.clear();
        const Descriptor folder(::open(folder_of(target_).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        // Some file systems cannot sync a folder and say EINVAL; nothing can be done there.
        if (folder.open() && ::fsync(folder.get()) != 0 && errno != EINVAL)
            fail("is complete, but its folder cannot be synced to the disk");
    }

  private:
    [[noreturn]] void fail(const char* what) const {
        throw Error(fmt::format("[file] {}: {}: {}", target_.string(), what, system_text(errno)));
    }

    std::filesystem::path target_, path_;
    Descriptor descriptor_;
};

[[noreturn]] void fail_to_write(int descriptor, const std::string& name, std::uint64_t needed, int code) {
    struct statvfs disk {};
    std::string free;
    if (::fstatvfs(descriptor, &disk) == 0)
        free = fmt::format(", {} are free", std::uint64_t{disk.f_bavail} * disk.f_frsize);
    throw Error(fmt::format("[file] {}: cannot be written: {} ({} bytes needed{})", name, system_text(code),
                            needed, free),
                "nothing was changed: the file that was there before, if any, is still whole");
}

}  // namespace

FileWriter::FileWriter(int descriptor, std::string name, std::uint64_t bytes_needed)
    : descriptor_(descriptor), name_(std::move(name)), bytes_needed_(bytes_needed) {}

void FileWriter::write(const void* data, std::size_t bytes) {
    position_ += bytes;
    if (bytes < kBuffer) {
        buffer_.append(static_cast<const char*>(data), bytes);
        if (buffer_.size() >= kBuffer) flush();
        return;
    }
    flush();
    put(static_cast<const char*>(data), bytes);
}

void FileWriter::flush() {
    put(buffer_.data(), buffer_.size());
    buffer_.clear();
}

void FileWriter::rewrite(std::uint64_t offset, std::string_view bytes) {
    const std::uint64_t in_file = position_ - buffer_.size();
    check(offset + bytes.size() <= position_, "[file] {}: bytes are rewritten that are not there", name_);
    if (offset >= in_file) {
        buffer_.replace(offset - in_file, bytes.size(), bytes);
        return;
    }
    flush();
    while (!bytes.empty()) {
        const ssize_t done = ::pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (done < 0 && errno == EINTR) continue;
        if (done <= 0) fail_to_write(descriptor_, name_, bytes_needed_, done < 0 ? errno : ENOSPC);
        bytes.remove_prefix(static_cast<std::size_t>(done));
        offset += static_cast<std::uint64_t>(done);
    }
}

void FileWriter::put(const char* data, std::size_t bytes) {
    while (bytes > 0) {
        const ssize_t done = ::write(descriptor_, data, bytes);
        if (done < 0 && errno == EINTR) continue;
        if (done <= 0)
            fail_to_write(descriptor_, name_, std::max(bytes_needed_, position_), done < 0 ? errno : ENOSPC);
        data += done;
        bytes -= static_cast<std::size_t>(done);
    }
}

void write_file_atomically(const std::filesystem::path& path, const std::function<void(FileWriter&)>& writer,
                           std::uint64_t bytes_needed) {
    Temporary temporary(final_target(path));
    FileWriter out(temporary.descriptor(), path.string(), bytes_needed);
    writer(out);
    out.flush();
    temporary.become_target();
}

void write_file_atomically(const std::filesystem::path& path, std::string_view bytes) {
    write_file_atomically(
        path, [&](FileWriter& out) { out.write(bytes); }, bytes.size());
}

}  // namespace mf

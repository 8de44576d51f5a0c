// SPDX-License-Identifier: MIT
#include "io/folder_lock.hpp"

#include <array>
#include <cerrno>
#include <string>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/error.hpp"
#include "io/shown.hpp"

namespace mf {
namespace {

/// What the holder wrote into the lock file: its process id.
std::string holder(int descriptor) {
    std::array<char, 32> text{};
    const ssize_t got = ::pread(descriptor, text.data(), text.size() - 1, 0);
    std::string out(text.data(), got > 0 ? static_cast<std::size_t>(got) : 0);
    while (!out.empty() && out.back() == '\n') out.pop_back();
    return out.empty() ? "another process" : "process " + out;
}

/// False when somebody else deleted the file after it was opened here: a lock on it keeps nobody out.
bool is_this_file(const std::filesystem::path& file, int descriptor) {
    struct stat there {
    }, here{};
    return ::fstat(descriptor, &here) == 0 && ::lstat(file.c_str(), &there) == 0 &&
           here.st_dev == there.st_dev && here.st_ino == there.st_ino;
}

}  // namespace

FolderLock::FolderLock(const std::filesystem::path& folder) : file_(folder / ".lock"), process_(::getpid()) {
    const std::string name = folder.string();
    do {
        descriptor_ =
            Descriptor(::open(file_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0666));
        check(descriptor_.open(), "[lock] {}: cannot be locked: {}", name, system_text(errno));
        if (::flock(descriptor_.get(), LOCK_EX | LOCK_NB) != 0) {
            check(errno == EWOULDBLOCK, "[lock] {}: cannot be locked: {}", name, system_text(errno));
            throw Error(fmt::format("[lock] {}: is in use by {}", name, holder(descriptor_.get())),
                        "wait for that run to end, or choose another folder");
        }
    } while (!is_this_file(file_, descriptor_.get()));
    // The id is only for the message above; a disk too full to hold it is no reason to stop.
    const std::string id = fmt::format("{}\n", ::getpid());
    const bool told =
        ::ftruncate(descriptor_.get(), 0) == 0 && ::pwrite(descriptor_.get(), id.data(), id.size(), 0) > 0;
    (void)told;
}

FolderLock::~FolderLock() {
    // Deleted while it is held: whoever opened it before finds that it is gone.
    if (descriptor_.open() && process_ == ::getpid() && is_this_file(file_, descriptor_.get()))
        ::unlink(file_.c_str());
}

}  // namespace mf

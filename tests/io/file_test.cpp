// SPDX-License-Identifier: MIT
#include "io/file.hpp"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "io/append_file.hpp"
#include "io/checksum.hpp"
#include "io/folder_lock.hpp"
#include "io/scratch.hpp"
#include "io/shown.hpp"

namespace {

using namespace mf;
using namespace mf::test;

TEST(File, ReadsAndMapsWhatWasWritten) {
    const Scratch scratch;
    for (const std::size_t size : {0UL, 1UL, 4096UL, 1000003UL}) {
        std::string content(size, '\0');
        for (std::size_t i = 0; i < size; ++i) content[i] = static_cast<char>(i * 37 + i / 256);
        write_file_atomically(scratch / "file", content);
        EXPECT_EQ(read_file(scratch / "file"), content);
        const MappedFile mapped(scratch / "file");
        ASSERT_EQ(mapped.bytes().size(), size);
        EXPECT_TRUE(size == 0 || std::memcmp(mapped.bytes().data(), content.data(), size) == 0);
    }
    EXPECT_EQ(scratch.names(), std::vector<std::string>{"file"});
}

TEST(File, AMappingMovesWithItsOwner) {
    const Scratch scratch;
    MappedFile first(scratch.put("a", "first")), second(scratch.put("b", "second"));
    second = std::move(first);
    EXPECT_EQ(std::string(reinterpret_cast<const char*>(second.bytes().data()), second.bytes().size()),
              "first");
}

TEST(File, ErrorsNameThePathAndTheReason) {
    const Scratch scratch;
    const auto error = [&](const std::filesystem::path& path) { return error_of([&] { read_file(path); }); };
    EXPECT_TRUE(has(error(scratch / "none"), (scratch / "none").string() + ": there is no such file"));
    EXPECT_TRUE(has(error(scratch.folder()), "is a folder"));
    EXPECT_TRUE(has(error("/dev/zero"), "a device or a pipe"));
    ASSERT_EQ(::mkfifo((scratch / "pipe").c_str(), 0600), 0);
    EXPECT_TRUE(has(error(scratch / "pipe"), "a device or a pipe"));
    EXPECT_TRUE(has(error(scratch.put("a", "x") / "b"), "cannot be opened: Not a directory"));
    EXPECT_TRUE(has(error_of([&] { read_file(scratch.put("long", "12345"), 4); }),
                    "has 5 bytes, expected at most 4"));
    EXPECT_TRUE(has(error_of([&] { MappedFile map(scratch / "none"); }), "there is no such file"));
    char byte = 0;
    EXPECT_TRUE(has(error_of([&] { InputFile(scratch / "long").read(5, &byte, 1); }), "ends at byte 5"));
    if (::geteuid() == 0) return;  // root may read everything
    ::chmod((scratch / "long").c_str(), 0);
    EXPECT_TRUE(has(error(scratch / "long"), "Permission denied"));
}

TEST(AtomicFile, AFullDiskLeavesTheOldFileAndNothingElse) {
    const Scratch scratch;
    scratch.put("file", "old");
    const SmallDisk disk(100000);
    const std::string error =
        error_of([&] { write_file_atomically(scratch / "file", std::string(1 << 20, 'x')); });
    EXPECT_TRUE(has(error, (scratch / "file").string()));
    EXPECT_TRUE(has(error, "File too large"));
    EXPECT_TRUE(has(error, "1048576 bytes needed"));
    EXPECT_EQ(slurp(scratch / "file"), "old");
    EXPECT_EQ(scratch.names(), std::vector<std::string>{"file"});
}

TEST(AtomicFile, AnExceptionOfTheWriterLeavesTheOldFile) {
    const Scratch scratch;
    scratch.put("file", "old");
    const auto writer = [](FileWriter& out) {
        out.write(std::string(1 << 20, 'x'));
        throw std::runtime_error("stop");
    };
    EXPECT_THROW(write_file_atomically(scratch / "file", writer), std::runtime_error);
    EXPECT_EQ(slurp(scratch / "file"), "old");
    EXPECT_EQ(scratch.names(), std::vector<std::string>{"file"});
}

TEST(AtomicFile, SmallPiecesArriveInOrder) {
    const Scratch scratch;
    std::string expected;
    write_file_atomically(scratch / "file", [&](FileWriter& out) {
        for (int i = 0; i < 1000; ++i) {
            const std::string piece(static_cast<std::size_t>(i * i % 1777), static_cast<char>('a' + i % 26));
            out.write(piece);
            if (i == 500) out.write(std::string(300000, '-'));
            expected += piece + (i == 500 ? std::string(300000, '-') : "");
            EXPECT_EQ(out.position(), expected.size());
        }
    });
    EXPECT_EQ(slurp(scratch / "file"), expected);
}

TEST(AtomicFile, FollowsLinksAndRefusesWhatIsNotAFile) {
    const Scratch scratch;
    scratch.put("real", "old");
    std::filesystem::create_symlink("real", scratch / "link");
    write_file_atomically(scratch / "link", "new");
    EXPECT_TRUE(std::filesystem::is_symlink(scratch / "link"));
    EXPECT_EQ(slurp(scratch / "real"), "new");

    const auto error = [&](const std::filesystem::path& path) {
        return error_of([&] { write_file_atomically(path, "text"); });
    };
    std::filesystem::create_symlink("/dev/full", scratch / "device");
    EXPECT_TRUE(has(error(scratch / "device"), "is a device"));
    EXPECT_TRUE(std::filesystem::is_character_file("/dev/full"));
    std::filesystem::create_symlink("nowhere", scratch / "dangling");
    EXPECT_TRUE(has(error(scratch / "dangling"), "a link to a file that is not there"));
    EXPECT_TRUE(has(error(scratch.folder()), "is a folder"));
    EXPECT_TRUE(has(error(scratch / "no" / "file"), "cannot be created: No such file or directory"));
    EXPECT_TRUE(has(error(""), "expected the name of a file"));
}

TEST(AtomicFile, KeepsThePermissionsOfTheFileItReplaces) {
    const Scratch scratch;
    scratch.put("file", "old");
    ::chmod((scratch / "file").c_str(), 0640);
    write_file_atomically(scratch / "file", "new");
    EXPECT_EQ(std::filesystem::status(scratch / "file").permissions(), std::filesystem::perms{0640});
}

TEST(AtomicFile, ANameOfTheGreatestLengthIsPossible) {
    const Scratch scratch;
    const std::string name(255, 'n');
    write_file_atomically(scratch / name, "text");
    EXPECT_EQ(slurp(scratch / name), "text");
}

TEST(AppendFile, AFullDiskLeavesWholeRecords) {
    const Scratch scratch;
    AppendFile file(scratch / "log");
    file.append("first\n");
    {
        const SmallDisk disk(20);
        const std::string error = error_of([&] { file.append("a record that is too long\n"); });
        EXPECT_TRUE(has(error, "26 bytes cannot be added: File too large"));
        EXPECT_EQ(slurp(scratch / "log"), "first\n");
    }
    file.append("second\n");
    EXPECT_EQ(slurp(scratch / "log"), "first\nsecond\n");
    EXPECT_EQ(file.size(), 13U);
    EXPECT_TRUE(has(error_of([&] { AppendFile("/dev/null"); }), "is a device"));
    EXPECT_TRUE(has(error_of([&] { AppendFile(scratch.folder()); }), "Is a directory"));
}

TEST(FolderLock, OneAtATime) {
    const Scratch scratch;
    {
        const FolderLock lock(scratch.folder());
        const std::string error = error_of([&] { FolderLock second(scratch.folder()); });
        EXPECT_TRUE(
            has(error, fmt::format("{}: is in use by process {}", scratch.folder().string(), ::getpid())));
    }
    const FolderLock again(scratch.folder());
    EXPECT_TRUE(has(error_of([&] { FolderLock none(scratch / "none"); }), "cannot be locked: No such file"));
}

TEST(FolderLock, TheFileGoesWithIt) {
    const Scratch scratch;
    const auto file = scratch / ".lock";
    {
        const FolderLock lock(scratch.folder());
        EXPECT_TRUE(std::filesystem::exists(file));
        EXPECT_NE(error_of([&] { FolderLock second(scratch.folder()); }), "");
        EXPECT_TRUE(std::filesystem::exists(file));  // who is refused leaves it
    }
    EXPECT_FALSE(std::filesystem::exists(file));
    {
        // Deleted by somebody, and locked by another since: not ours to delete.
        auto first = std::make_unique<FolderLock>(scratch.folder());
        std::filesystem::remove(file);
        auto second = std::make_unique<FolderLock>(scratch.folder());
        first.reset();
        EXPECT_TRUE(std::filesystem::exists(file));
        second.reset();
        EXPECT_FALSE(std::filesystem::exists(file));
    }
    // A child made by fork that ends in good order leaves the lock of its parent.
    auto lock = std::make_unique<FolderLock>(scratch.folder());
    const pid_t child = ::fork();
    if (child == 0) {
        lock.reset();
        ::_exit(0);
    }
    ::waitpid(child, nullptr, 0);
    EXPECT_TRUE(std::filesystem::exists(file));
    EXPECT_NE(error_of([&] { FolderLock second(scratch.folder()); }), "");
}

TEST(FolderLock, EndsWithTheProcessHoweverItDies) {
    const Scratch scratch;
    std::array<int, 2> ready{};
    ASSERT_EQ(::pipe(ready.data()), 0);
    const pid_t child = ::fork();
    if (child == 0) {
        const FolderLock lock(scratch.folder());
        (void)!::write(ready[1], "x", 1);
        ::pause();
    }
    char byte = 0;
    ASSERT_EQ(::read(ready[0], &byte, 1), 1);
    EXPECT_TRUE(has(error_of([&] { FolderLock lock(scratch.folder()); }), fmt::format("process {}", child)));
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    EXPECT_EQ(error_of([&] { FolderLock lock(scratch.folder()); }), "");
    ::close(ready[0]);
    ::close(ready[1]);
}

TEST(Checksum, KnownAnswers) {
    // RFC 3720, appendix B.4, and the customary check value of the digits.
    EXPECT_EQ(crc32c(""), 0U);
    EXPECT_EQ(crc32c("123456789"), 0xE3069283U);
    EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8A9136AAU);
    EXPECT_EQ(crc32c(std::string(32, '\xFF')), 0x62A8AB43U);
    std::string up(32, '\0');
    std::iota(up.begin(), up.end(), '\0');
    EXPECT_EQ(crc32c(up), 0x46DD794EU);
    EXPECT_EQ(crc32c(std::string(up.rbegin(), up.rend())), 0x113FDB5CU);
    EXPECT_EQ(crc32c("6789", crc32c("12345")), 0xE3069283U);
    EXPECT_EQ(masked_crc32c("123456789"), ((0xE3069283U >> 15) | (0xE3069283U << 17)) + 0xA282EAD8U);
}

TEST(Shown, IsOneShortLine) {
    EXPECT_EQ(shown("a.weight"), "'a.weight'");
    EXPECT_EQ(shown("a\nb\x01\x7F"),
              "'a?b?"
              "?'");
    EXPECT_EQ(shown("\xC3\xA9\xFF"), "'\xC3\xA9?'");
    EXPECT_EQ(shown(std::string(100, 'x')), "'" + std::string(60, 'x') + "...'");
    EXPECT_FALSE(is_utf8("\xC0\x80"));
    EXPECT_FALSE(is_utf8("\xED\xA0\x80"));
    EXPECT_FALSE(is_utf8("\xF4\x90\x80\x80"));
    EXPECT_FALSE(is_utf8("\xE2\x82"));
    EXPECT_TRUE(is_utf8("\xF0\x9F\x8E\xA8 \xE2\x82\xAC"));
}

}  // namespace

// SPDX-License-Identifier: MIT
#include "io/torch_file.hpp"

#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>

#include "core/error.hpp"
#include "io/looks_like.hpp"
#include "io/shown.hpp"
#include "io/torch_storages.hpp"
#include "io/zip.hpp"

namespace mf {
namespace {

using namespace std::string_view_literals;

constexpr std::uint64_t kMostPickle = std::uint64_t{1} << 28;
constexpr std::string_view kMagic =
    "\x6C\xFC\x9C\x46\xF9\x20\x6A\xA8\x50\x19"sv;  // of the older form, as a number
constexpr std::int64_t kProtocol = 1001;

/// What tensors are views of.
struct Source {
    explicit Source(const std::filesystem::path& path) : mapping(path) {}
    std::string_view text() const {
        return {reinterpret_cast<const char*>(mapping.bytes().data()), mapping.bytes().size()};
    }
    MappedFile mapping;
    std::map<std::string, std::string> unpacked;
};

/// The entries of an archive, of which those that are stored need no copy.
class Archive {
  public:
    Archive(const std::filesystem::path& path, Source& source, TorchSums sums)
        : file_(path), source_(source), sums_(sums) {
        for (ZipEntry& entry : read_zip_directory(file_)) {
            std::string name = entry.name;
            entries_.emplace(std::move(name), std::move(entry));
        }
    }

    const std::map<std::string, ZipEntry>& entries() const { return entries_; }
    bool has(const std::string& name) const { return entries_.contains(name); }

    std::string_view content(const std::string& name) {
        const auto found = entries_.find(name);
        check(found != entries_.end(), "[torch] {}: its entry {} is missing", file_.name(), shown(name));
        const ZipEntry& entry = found->second;
        const bool stored = entry.method == 0 && !entry.encrypted;
        if (stored && sums_ == TorchSums::trust)
            return source_.text().substr(zip_entry_start(file_, entry), entry.bytes);
        const auto [kept, fresh] = source_.unpacked.try_emplace(name);
        if (!fresh)
            return stored ? source_.text().substr(zip_entry_start(file_, entry), entry.bytes) : kept->second;
        const auto bytes = open_zip_entry(file_, entry);
        if (stored) {
            compare(*bytes);
            return source_.text().substr(zip_entry_start(file_, entry), entry.bytes);
        }
        unpacked_ += entry.bytes;
        check(unpacked_ <= 64 * file_.size() + kMostPickle, "[torch] {}: its entries unpack to too much",
              file_.name());
        kept->second.resize(entry.bytes);
        bytes->read(kept->second.data(), entry.bytes);
        return kept->second;
    }

  private:
    /// Reads all, so that the checksum is compared.
    static void compare(ByteSource& bytes) {
        std::string piece(std::min<std::uint64_t>(bytes.left(), 1 << 20), '\0');
        while (bytes.left() > 0)
            bytes.read(piece.data(), std::min<std::uint64_t>(bytes.left(), piece.size()));
    }

    InputFile file_;
    Source& source_;
    TorchSums sums_;
    std::map<std::string, ZipEntry> entries_;
    std::uint64_t unpacked_ = 0;
};

/// The folder that everything in the archive lies in: of the entry FOLDER/data.pkl.
std::string folder_of(const Archive& archive, const std::string& place, std::string_view start,
                      std::uint64_t bytes) {
    constexpr std::string_view pickle = "/data.pkl";
    for (const auto& [name, entry] : archive.entries()) {
        const bool deep = std::ranges::count(name, '/') != 1;
        if (deep || !name.ends_with(pickle)) continue;
        std::string folder = name.substr(0, name.size() - pickle.size() + 1);
        if (archive.has(folder + "constants.pkl"))
            throw Error(fmt::format("[torch] {}: is a TorchScript archive (a program with its weights), not "
                                    "a file of weights",
                                    place),
                        "in Python: torch.save(torch.jit.load('FILE', map_location='cpu').state_dict(), "
                        "'weights.pth')");
        return folder;
    }
    const bool exported = std::ranges::any_of(archive.entries(), [](const auto& one) {
        return one.first.ends_with("archive_format") ||
               one.first.ends_with("serialized_exported_program.json");
    });
    if (exported)
        throw Error(
            fmt::format("[torch] {}: is a program of torch.export (.pt2), not a file of weights", place),
            "in Python: torch.save(torch.export.load('FILE').state_dict, 'weights.pth')");
    refuse_as("torch", "is no file of torch.save", place, start, bytes);
}

void take_content(const Pickle& pickle, const TorchBytes& bytes_of, bool big, const std::string& place,
                  std::uint64_t file_bytes, NamedTensors& out) {
    TorchContent content = torch_content(pickle, place);
    take_tensors(content, bytes_of, big, file_bytes, place, out);
    out.notes = std::move(content.notes);
}

NamedTensors read_archive(const std::filesystem::path& path, const std::shared_ptr<Source>& source,
                          TorchSums sums) {
    const std::string& place = source->mapping.name();
    Archive archive(path, *source, sums);
    const std::string_view whole = source->text();
    const std::string folder = folder_of(archive, place, whole.substr(0, kTellingBytes), whole.size());
    bool big = false;
    if (archive.has(folder + "byteorder")) {
        const std::string_view order = archive.content(folder + "byteorder");
        check(order == "little" || order == "big", "[torch] {}: its byte order is {}, expected little or big",
              place, shown(order));
        big = order == "big";
    }
    std::string_view bytes = archive.content(folder + "data.pkl");
    check(bytes.size() <= kMostPickle, "[torch] {}: its pickle has {} bytes, at most {} are read", place,
          bytes.size(), kMostPickle);
    const Pickle pickle = read_pickle(bytes, is_known_torch_name, place);
    NamedTensors out;
    const auto bytes_of = [&](const std::string& key) {
        const std::string_view storage = archive.content(folder + "data/" + key);
        return std::as_bytes(std::span(storage));
    };
    take_content(pickle, bytes_of, big, place, whole.size(), out);
    out.form = WeightsForm::torch_zip;
    return out;
}

std::uint64_t number_at(std::string_view bytes) {
    std::uint64_t out = 0;
    std::memcpy(&out, bytes.data(), 8);
    return out;
}

/// The storages behind the pickles: their keys, then for each its length and its numbers.
std::map<std::string, std::span<const std::byte>> legacy_storages(std::string_view& rest,
                                                                  const TorchContent& content,
                                                                  const std::string& place) {
    const Pickle keys = read_pickle(
        rest, [](std::string_view) { return false; }, place);
    const PickleObject& list = keys.at(keys.root());
    check(list.kind == PickleKind::list, "[torch] {}: is damaged: the list of its storages is missing",
          place);
    std::map<std::string, std::span<const std::byte>> out;
    for (const PickleId id : list.items) {
        const std::string key(keys.at(id).text);
        const auto known = content.storages.find(key);
        check(known != content.storages.end(),
              "[torch] {}: is damaged: no tensor says what type storage {} has", place, shown(key));
        check(rest.size() >= 8, "[torch] {}: is truncated: storage {} is missing", place, shown(key));
        const std::uint64_t count = number_at(rest);
        rest.remove_prefix(8);
        const std::size_t size = known->second.type->bytes;
        check(count <= rest.size() / size,
              "[torch] {}: is truncated: storage {} has {} numbers of {} bytes, {} are left", place,
              shown(key), count, size, rest.size());
        out[key] = std::as_bytes(std::span(rest.substr(0, count * size)));
        rest.remove_prefix(count * size);
    }
    return out;
}

NamedTensors read_legacy(const std::shared_ptr<Source>& source) {
    const std::string& place = source->mapping.name();
    std::string_view rest = source->text();
    const std::string_view start = rest.substr(0, kTellingBytes);
    // A pickle that is no PyTorch file is refused by the names in it first.
    const Pickle magic = read_pickle(rest, is_known_torch_name, place);
    const PickleObject& first = magic.at(magic.root());
    if (first.kind != PickleKind::large || first.text != kMagic)
        refuse_as("torch", "is no file of torch.save", place, start, source->text().size());
    const Pickle protocol = read_pickle(rest, is_known_torch_name, place);
    const PickleObject& version = protocol.at(protocol.root());
    check(version.kind == PickleKind::integer && version.integer == kProtocol,
          "[torch] {}: is damaged: its protocol is not {}", place, kProtocol);
    read_pickle(rest, is_known_torch_name,
                place);  // of the machine that wrote it; numbers are always little endian
    const Pickle pickle = read_pickle(rest, is_known_torch_name, place);
    TorchContent content = torch_content(pickle, place);
    const auto storages = legacy_storages(rest, content, place);
    const auto bytes_of = [&](const std::string& key) {
        const auto found = storages.find(key);
        check(found != storages.end(), "[torch] {}: is damaged: storage {} is missing", place, shown(key));
        return found->second;
    };
    NamedTensors out;
    take_tensors(content, bytes_of, false, source->text().size(), place, out);
    out.notes = std::move(content.notes);
    out.form = WeightsForm::torch_legacy;
    return out;
}

}  // namespace

bool may_be_torch_file(std::string_view start) {
    const bool zip = start.starts_with("PK\x03\x04") || start.starts_with("PK\x05\x06");
    // A safetensors file may begin with 0x80 as well: its ninth byte is the brace of its header.
    const bool pickle = start.size() >= 4 && start[0] == '\x80' && start[1] >= 2 && start[1] <= 5 &&
                        !(start.size() > 8 && start[8] == '{' && start[7] == '\0');
    return zip || pickle;
}

NamedTensors read_torch_file(const std::filesystem::path& path, TorchSums sums) {
    const auto source = std::make_shared<Source>(path);
    const std::string_view start = source->text().substr(0, kTellingBytes);
    if (!may_be_torch_file(start))
        refuse_as("torch", "is no file of torch.save", source->mapping.name(), start, source->text().size());
    NamedTensors out = start[0] == 'P' ? read_archive(path, source, sums) : read_legacy(source);
    out.owner = source;
    return out;
}

}  // namespace mf

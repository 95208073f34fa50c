#include "archive_reader.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <locale.h>

#include <algorithm>
#include <cctype>
#include <etude/error.hpp>
#include <vector>

namespace dataset_music {
namespace {

namespace fs = std::filesystem;
using etude::Error;
using etude::text;

constexpr std::size_t piece_bytes = 1 << 18;

/// Lets this thread take text for UTF-8 while it lives, whatever the program's locale: in others libarchive drops names.
class Utf8Names {
 public:
  Utf8Names() : locale_(newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr)) {
    if (locale_) before_ = uselocale(locale_);
  }
  ~Utf8Names() {
    if (!locale_) return;
    uselocale(before_);
    freelocale(locale_);
  }
  Utf8Names(const Utf8Names&) = delete;
  Utf8Names& operator=(const Utf8Names&) = delete;

 private:
  locale_t locale_, before_{};
};

/// Its UTF-8 where it says which characters it means, else its bytes.
std::string any_text(const char* utf8, const char* bytes) { return utf8 ? utf8 : bytes ? bytes : ""; }

std::string path_of(archive_entry* entry) { return any_text(archive_entry_pathname_utf8(entry), archive_entry_pathname(entry)); }
std::string hard_link_of(archive_entry* entry) {
  return any_text(archive_entry_hardlink_utf8(entry), archive_entry_hardlink(entry));
}
std::string symbolic_link_of(archive_entry* entry) {
  return any_text(archive_entry_symlink_utf8(entry), archive_entry_symlink(entry));
}

}  // namespace

std::optional<std::string> archive_stem(const fs::path& file) {
  const std::string name = file.filename().string();
  std::string lower = name;
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
  for (const char* ending : {".tar.gz", ".tgz", ".tar.xz", ".txz", ".tar", ".zip"})
    if (lower.size() > std::string_view(ending).size() && lower.ends_with(ending))
      return name.substr(0, name.size() - std::string_view(ending).size());
  return std::nullopt;
}

std::optional<std::string> inside_name(std::string_view path) {
  std::string name;
  while (!path.empty()) {
    const auto part = path.substr(0, path.find('/'));
    path.remove_prefix(std::min(path.size(), part.size() + 1));
    if (part.empty() || part == ".") continue;
    if (part == "..") return std::nullopt;
    if (!name.empty()) name += '/';
    name += part;
  }
  return name.empty() ? std::nullopt : std::optional(name);
}

ArchiveReader::ArchiveReader(const fs::path& file)
    : file_(file), size_(fs::file_size(file)), archive_(archive_read_new(), [](archive* open) { archive_read_free(open); }) {
  archive_read_support_filter_gzip(archive_.get());
  archive_read_support_filter_xz(archive_.get());
  archive_read_support_format_tar(archive_.get());
  // By its directory, at the end: without that, a zip file is cut short, which reading it from the front would not show.
  archive_read_support_format_zip_seekable(archive_.get());
  archive_read_support_format_empty(archive_.get());
  require(archive_read_open_filename(archive_.get(), file.c_str(), piece_bytes), "open");
  piece_.resize(piece_bytes);
}

void ArchiveReader::require(int status, const char* what) {
  if (status == ARCHIVE_OK || status == ARCHIVE_WARN) return;
  const char* reason = archive_error_string(archive_.get());
  throw Error(text("cannot ", what, " the archive ", file_.string(), ": ", reason ? reason : "it is damaged"),
              "it may be cut short (a download that did not end?): get it again, or unpack it and name the folder");
}

/// What only passes through counts too: a bomb need not hold music.
void ArchiveReader::require_bounded() const {
  constexpr std::uint64_t most_times = 100, more = 256 << 20;
  const auto passed = static_cast<std::uint64_t>(std::max<la_int64_t>(archive_filter_bytes(archive_.get(), 0), 0));
  if (std::max(read_, passed) <= size_ * most_times + more) return;
  throw Error(text("the archive ", file_.string(), " holds far more than its ", size_, " bytes should: more than ",
                   std::max(read_, passed), " bytes"),
              "if that is as it should be, unpack it and name the folder");
}

bool ArchiveReader::next(ArchiveEntry& entry) {
  const Utf8Names utf8_names;
  for (;;) {
    pass_over_rest();
    const int status = archive_read_next_header(archive_.get(), &entry_);
    if (status == ARCHIVE_EOF) return false;
    require(status, "read");
    require_bounded();
    const std::string hard_link = hard_link_of(entry_);
    const auto type = archive_entry_filetype(entry_);
    if (hard_link.empty() && type != AE_IFREG && type != AE_IFLNK) continue;
    entry.kind = !hard_link.empty() ? ArchiveEntry::Kind::hard_link
                 : type == AE_IFLNK ? ArchiveEntry::Kind::symbolic_link
                                    : ArchiveEntry::Kind::file;
    entry.target = type == AE_IFLNK && hard_link.empty() ? symbolic_link_of(entry_) : inside_name(hard_link).value_or("");
    if (const auto name = inside_name(path_of(entry_))) {
      entry.name = *name;
      return true;
    }
    ++left_out_;
  }
}

std::string_view ArchiveReader::read() {
  if (archive_entry_is_encrypted(entry_))
    throw Error(text("the archive ", file_.string(), " is encrypted: ", path_of(entry_)),
                "unpack it with its password, and name the folder");
  return read_piece();
}

std::string_view ArchiveReader::read_piece() {
  const la_ssize_t count = archive_read_data(archive_.get(), piece_.data(), piece_.size());
  if (count < 0) require(ARCHIVE_FATAL, "read");
  read_ += static_cast<std::uint64_t>(count);
  require_bounded();
  return std::string_view(piece_).substr(0, static_cast<std::size_t>(count));
}

/// What is compressed as a whole is unpacked in passing, and a bomb must not do that without end.
void ArchiveReader::pass_over_rest() {
  if (!entry_ || archive_filter_code(archive_.get(), 0) == ARCHIVE_FILTER_NONE) return;
  while (!read_piece().empty()) {
  }
}

double ArchiveReader::share_read() const {
  const auto passed = static_cast<double>(archive_filter_bytes(archive_.get(), -1));
  return size_ == 0 ? 1.0 : std::clamp(passed / static_cast<double>(size_), 0.0, 1.0);
}

}  // namespace dataset_music

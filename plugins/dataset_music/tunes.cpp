#include "tunes.hpp"

#include <cerrno>
#include <charconv>
#include <etude/error.hpp>
#include <system_error>

namespace dataset_music {
namespace {

constexpr std::size_t piece_bytes = 1 << 18;

bool begins_tune(std::string_view text) { return text.starts_with("X:") || text.starts_with("\xEF\xBB\xBFX:"); }

}  // namespace

TuneReader::TuneReader(const std::filesystem::path& file, bool split) : split_(split) {
  in_.open(file, std::ios::binary);
  if (!in_) throw std::system_error(errno, std::generic_category());
}

bool TuneReader::fill() {
  if (ended_) return false;
  buffer_.erase(0, begin_);
  search_ -= begin_;
  begin_ = 0;
  const std::size_t before = buffer_.size();
  buffer_.resize(before + piece_bytes);
  in_.read(buffer_.data() + before, piece_bytes);
  buffer_.resize(before + static_cast<std::size_t>(in_.gcount()));
  if (in_.bad()) throw std::system_error(errno ? errno : EIO, std::generic_category());
  if (in_.eof()) ended_ = true;
  return true;
}

/// Where the next tune begins: the "X:" after a line's end. The whole buffer is searched once.
std::size_t TuneReader::find_boundary() {
  for (;;) {
    for (std::size_t at = std::max(search_, begin_ + 1); (at = buffer_.find("X:", at)) != std::string::npos; at += 2)
      if (buffer_[at - 1] == '\n' || buffer_[at - 1] == '\r') return at;
    search_ = std::max<std::size_t>(buffer_.size(), begin_ + 1) - 1;
    if (!fill()) return buffer_.size();
  }
}

bool TuneReader::next(Tune& tune) {
  if (!started_) {
    started_ = true;
    fill();
  }
  if (!split_)
    while (fill()) {
    }
  const std::size_t end = split_ ? find_boundary() : buffer_.size();
  const std::string_view whole(buffer_.data() + begin_, end - begin_);
  if (whole.empty() && ordinal_ > 0) return false;
  tune.text = whole;
  const bool last = ended_ && end == buffer_.size();
  const bool only = last && ordinal_ == 0;
  const bool has_number = begins_tune(whole);
  tune.is_tune = has_number || !split_ || only;  // an empty file too: what became of it is to be seen
  tune.suffix = split_ && has_number ? suffix_of(whole) : "";
  ++ordinal_;
  begin_ = end;
  search_ = end;
  return true;
}

std::string TuneReader::suffix_of(std::string_view text) {
  text.remove_prefix(text.find(':') + 1);
  text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return etude::text("#tune-", ordinal_ + 1);
  if (first_sight(number)) return etude::text('#', number);
  auto& repeats = repeats_[number];
  return etude::text('#', number, '.', ++repeats + 1);
}

bool TuneReader::first_sight(std::uint64_t number) {
  // Numbers mostly count up from 1, and a collection may have millions: a bit each.
  constexpr std::uint64_t small = 1 << 26;
  if (number >= small) return seen_large_.insert(number).second;
  if (number >= seen_small_.size()) seen_small_.resize(number + 1);
  const bool seen = seen_small_[number];
  seen_small_[number] = true;
  return !seen;
}

}  // namespace dataset_music

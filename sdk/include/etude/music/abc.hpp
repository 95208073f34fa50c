// ABC text -> score.
#pragma once

#include <cstdint>
#include <etude/error.hpp>
#include <etude/music/score.hpp>
#include <string_view>

namespace etude::music {

/// How ABC is understood. Both readings share one grammar; `music21` adds the quirks listed in music/quirks.hpp.
enum class Reading {
  music21,  ///< accepts, rejects and yields what music21 9.9.1 does in converter.parse(text, format='abc')
  strict    ///< the ABC standard 2.1
};

/// Why a text is no score. Lines and columns count from 1, columns in Unicode characters; 0 where the fault has no place.
class ETUDE_API AbcError : public Error {
 public:
  AbcError(std::string cause, std::int64_t line, std::int64_t column);
  ~AbcError() override;

  const std::string& cause() const noexcept { return cause_; }
  std::int64_t line() const noexcept { return line_; }
  std::int64_t column() const noexcept { return column_; }

 private:
  std::string cause_;
  std::int64_t line_, column_;
};

/// The score that a text spells. Any bytes are allowed: what is no UTF-8 reads as U+FFFD, as a lenient decoder would have it.
/// Time and memory are linear in the length of the text. May be called by any number of threads at once.
/// @throws AbcError if the text is no score in this reading
ETUDE_API Score read_abc(std::string_view text, Reading reading);

}  // namespace etude::music

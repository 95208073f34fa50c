#include <etude/music/abc.hpp>
#include <etude/unicode.hpp>

#include "music21/tunes.hpp"
#include "music21/unreadable.hpp"
#include "strict/read_strict.hpp"

namespace etude::music {

namespace {

std::string placed(const std::string& cause, std::int64_t line, std::int64_t column) {
  return line == 0 ? "no ABC: " + cause : etude::text("no ABC: line ", line, ", column ", column, ": ", cause);
}

[[noreturn]] void fail(std::string_view text, const Unreadable& fault) {
  const std::string cause = std::string(fault.type) + ": " + fault.cause;
  if (fault.where.data() == nullptr) throw AbcError(cause, 0, 0);
  const auto before = text.substr(0, static_cast<std::size_t>(fault.where.data() - text.data()));
  const auto line = before.rfind('\n');
  std::int64_t lines = 1;
  for (const char c : before) lines += c == '\n';
  throw AbcError(cause, lines, count_characters(before.substr(line == std::string_view::npos ? 0 : line + 1)) + 1);
}

Score read_as_music21(std::string_view text) {
  try {
    if (text.size() > longest_text) throw Unreadable{"MemoryError", "a text of more than 4 GiB", {}};
    if (text.substr(0, 7) == "http://" || text.substr(0, 8) == "https://")
      throw Unreadable{"ConverterException", "an address instead of music", text};
    Piece piece = resolve(scan(text));
    return build_score(piece);
  } catch (const Unreadable& fault) {
    fail(text, fault);
  } catch (const AbcError&) {
    throw;
  } catch (const Error& error) {
    throw AbcError(error.message(), 0, 0);
  }
}

}  // namespace

AbcError::AbcError(std::string cause, std::int64_t line, std::int64_t column)
    : Error(placed(cause, line, column)), cause_(std::move(cause)), line_(line), column_(column) {}
AbcError::~AbcError() = default;

Score read_abc(std::string_view text, Reading reading) {
  return reading == Reading::strict ? read_strict(text) : read_as_music21(text);
}

}  // namespace etude::music

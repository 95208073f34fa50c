// Where text is cut before merging: merges never cross these cuts.
#pragma once

#include <string_view>

#include "unicode_classes.hpp"

namespace etude::bpe {

enum class SplitRule {
  /// GPT-2's pattern: 's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
  gpt2,
  /// ABC's own boundaries: a bar with the bar line that ends it (|, ||, |], |:, :|, :: ...), the rest of a line without one, a
  /// newline.
  /// As a pattern: (?:[^|:\n]|:(?!:))*(?:\||::)[|:\]]*|[^\n]+|\n
  bars
};

/// The end of the pretoken that begins at `begin` < `end`. A byte that belongs to no UTF-8 character counts as a character that
/// is neither letter, number nor white space, as U+FFFD does.
const char* end_of_gpt2_pretoken(const char* begin, const char* end);
const char* end_of_bar(const char* begin, const char* end);

/// Calls visit(line) for the lines of `text`: each ends with its newline, and what a pattern sees as the end of the text is the
/// end of the line.
template <class Visit>
void for_each_line(std::string_view text, Visit&& visit) {
  while (!text.empty()) {
    const auto newline = text.find('\n');
    const auto size = newline == std::string_view::npos ? text.size() : newline + 1;
    visit(text.substr(0, size));
    text.remove_prefix(size);
  }
}

/// Calls visit(pretoken) for all of `line`, one of for_each_line().
template <class Visit>
void for_each_pretoken(std::string_view line, SplitRule rule, Visit&& visit) {
  const char* position = line.data();
  const char* const end = position + line.size();
  while (position != end) {
    const char* const next = rule == SplitRule::gpt2 ? end_of_gpt2_pretoken(position, end) : end_of_bar(position, end);
    visit(std::string_view(position, static_cast<std::size_t>(next - position)));
    position = next;
  }
}

}  // namespace etude::bpe

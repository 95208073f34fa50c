#include "macros.hpp"

#include <etude/error.hpp>

namespace etude::music::strict {
namespace {

/// Bounds of the standard for a macro, and one of ours for their number.
constexpr std::size_t longest_target = 31, longest_replacement = 200, most_macros = 64;

constexpr std::string_view letters = "CDEFGAB";

/// Steps above C of a letter, small or capital; npos if it is no note.
std::size_t step_of(char letter) { return letters.find(static_cast<char>(letter >= 'a' ? letter - 'a' + 'A' : letter)); }

/// A note as steps above C, of the octave of middle C.
int steps_of(std::string_view note) {
  int steps = static_cast<int>(step_of(note[0])) + (note[0] >= 'a' ? 7 : 0);
  for (const char mark : note.substr(1)) steps += mark == '\'' ? 7 : -7;
  return steps;
}

std::string note_of(int steps) {
  int octave = 0;
  for (; steps < 0; steps += 7) --octave;
  for (; steps >= 7; steps -= 7) ++octave;
  char letter = letters[static_cast<std::size_t>(steps)];
  if (octave > 0) letter = static_cast<char>(letter - 'A' + 'a');
  return letter + (octave > 0 ? std::string(static_cast<std::size_t>(octave - 1), '\'')
                              : std::string(static_cast<std::size_t>(-octave), ','));
}

/// Bytes of the note that `line` begins with; 0 if it begins with none, or with more octave marks than any note has.
std::size_t length_of_note(std::string_view line) {
  if (line.empty() || step_of(line[0]) == std::string_view::npos) return 0;
  std::size_t length = 1;
  while (length < line.size() && (line[length] == '\'' || line[length] == ',')) ++length;
  return length > 10 ? 0 : length;
}

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t"), end = text.find_last_not_of(" \t");
  return begin == std::string_view::npos ? std::string_view() : text.substr(begin, end - begin + 1);
}

/// Where a string, decoration or field ends that begins at `at`; `at` where none does.
std::size_t end_of_words(std::string_view line, std::size_t at) {
  const char c = line[at];
  const bool field = c == '[' && line.size() > at + 2 && line[at + 2] == ':';
  if (c != '"' && c != '!' && !field) return at;
  const auto end = line.find(field ? ']' : c, at + 1);
  return end == std::string_view::npos ? line.size() : end + 1;
}

}  // namespace

void Macros::define(const Place& value) {
  const auto words = value.text.substr(value.at);
  const auto equals = words.find('=', 1);
  if (equals == std::string_view::npos) reject(value, "a macro is a target, =, and what it stands for, as ~G3 = G{A}G{F}G");
  const auto target = trimmed(words.substr(0, equals)), replacement = trimmed(words.substr(equals + 1));
  if (target.empty() || target.size() > longest_target || replacement.size() > longest_replacement) {
    reject(value,
           text("a macro has a target of 1 to ", longest_target, " characters, and stands for at most ", longest_replacement));
  }
  if (macros_.size() == most_macros) reject(value, text("more than ", most_macros, " macros"));
  const auto any = target.find('n');
  Macro macro{std::string(target.substr(0, any)), {}, any != std::string_view::npos, std::string(replacement)};
  if (macro.any_note) macro.behind = target.substr(any + 1);
  macros_.push_back(std::move(macro));
}

/// Bytes of the line that the macro takes, after it has written itself out; 0 where it does not stand.
std::size_t Macros::match(const Macro& macro, std::string_view line, std::string& out) const {
  if (line.substr(0, macro.before.size()) != macro.before) return 0;
  if (!macro.any_note) {
    out += macro.replacement;
    return macro.before.size();
  }
  const auto note = line.substr(macro.before.size(), length_of_note(line.substr(macro.before.size())));
  const auto length = macro.before.size() + note.size();
  if (note.empty() || line.substr(length, macro.behind.size()) != macro.behind) return 0;
  for (const char c : macro.replacement) {
    if (c >= 'h' && c <= 'z') {
      out += note_of(steps_of(note) + c - 'n');
    } else {
      out += c;
    }
  }
  return length + macro.behind.size();
}

std::string Macros::write_out(std::string_view line, std::size_t allowance) const {
  std::string out;
  for (std::size_t at = 0; at < line.size() && out.size() <= line.size() + allowance;) {
    if (line[at] == '%') break;
    if (const auto end = end_of_words(line, at); end != at) {
      out += line.substr(at, end - at);
      at = end;
      continue;
    }
    std::size_t taken = 0;
    for (const auto& macro : macros_) {
      taken = match(macro, line.substr(at), out);
      if (taken > 0) break;
    }
    if (taken == 0) out += line[at++];
    at += taken;
  }
  return out;
}

}  // namespace etude::music::strict

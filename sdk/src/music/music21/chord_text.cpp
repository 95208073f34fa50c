#include "chord_text.hpp"

#include <algorithm>
#include <cctype>
#include <string>
#include <utility>

#include "unreadable.hpp"

namespace etude::music {

namespace {

constexpr auto nowhere = std::string_view::npos;
constexpr std::string_view digits = "0123456789";

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// A text that is no chord symbol, where that shows deep inside.
struct NoSymbol {};

[[noreturn]] void fail(std::string_view error, std::string_view text) {
  throw Unreadable{error, "chord symbol cannot be read: " + std::string(text), {}};
}

std::string without_spaces(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (std::string_view(" \t\n\v\f\r\x1c\x1d\x1e\x1f").find(c) == nowhere) result += c;
  }
  return result;
}

std::string without(std::string text, std::string_view what) {
  for (std::size_t at = what.empty() ? nowhere : text.find(what); at != nowhere; at = text.find(what, at))
    text.erase(at, what.size());
  return text;
}

/// How many characters from `begin` on spell a note: a letter, then sharps and flats. 0 if there is none.
std::size_t note_length(std::string_view text, std::size_t begin) {
  if (begin >= text.size() || std::string_view("ABCDEFGabcdefg").find(text[begin]) == nowhere) return 0;
  const std::size_t end = text.find_first_not_of("#-", begin + 1);
  return (end == nowhere ? text.size() : end) - begin;
}

/// "F#", "b-", "C4": a letter with one sort of up to four accidentals; octaves are passed over.
Pitch pitch_of(std::string_view name) {
  std::string plain;
  for (const char c : name) {
    if (!is_digit(c)) {
      plain += c;
    } else if (plain.empty()) {
      throw NoSymbol{};
    }
  }
  if (plain.empty() || std::string_view("ABCDEFGabcdefg").find(plain[0]) == nowhere) fail("PitchException", name);
  const char step = plain[0] >= 'a' ? static_cast<char>(plain[0] - 'a' + 'A') : plain[0];
  const std::string_view accidentals = std::string_view(plain).substr(1);
  const bool mixed = accidentals.find_first_not_of('#') != nowhere && accidentals.find_first_not_of('-') != nowhere;
  if (mixed || accidentals.size() > 4) fail("AccidentalException", name);
  const int count = static_cast<int>(accidentals.size());
  return {step, 4, count > 0 && accidentals[0] == '-' ? -count : count, false};
}

/// What Python's int() makes of it; nothing below or above what a chord could mean.
std::optional<long> whole_number(std::string_view text) {
  bool negative = false;
  if (!text.empty() && (text[0] == '+' || text[0] == '-')) negative = text[0] == '-', text.remove_prefix(1);
  long value = 0;
  bool after_digit = false;
  for (const char c : text) {
    if (c == '_' && after_digit) {
      after_digit = false;
    } else if (is_digit(c)) {
      value = std::min(value * 10 + (c - '0'), 1'000'000L);
      after_digit = true;
    } else {
      return std::nullopt;
    }
  }
  if (!after_digit) return std::nullopt;
  return negative ? -value : value;
}

constexpr std::pair<std::string_view, ChordChange::How> change_words[] = {{"add", ChordChange::How::add},
                                                                          {"alter", ChordChange::How::alter},
                                                                          {"omit", ChordChange::How::subtract},
                                                                          {"subtract", ChordChange::How::subtract}};

/// Reads one symbol. `rest_` is what stands behind the root, without the bass.
class ChordReader {
 public:
  explicit ChordReader(std::string_view symbol) : all_(without_spaces(symbol)) {}

  ChordText read() {
    read_root();
    read_bass();
    const std::string behind_kind = read_kind();
    read_changes();
    read_alterations(without(behind_kind, ","));
    return std::move(text_);
  }

 private:
  void read_root() {
    if (const std::size_t comma = all_.find(','); comma != nowhere) {
      const std::string root = all_.substr(0, comma);
      all_ = without(all_, ",");
      rest_ = without(all_, root);
      if (!root.empty()) text_.root = pitch_of(root);
      return;
    }
    const std::size_t length = note_length(all_, 0);
    if (length == 0) throw NoSymbol{};
    text_.root = pitch_of(std::string_view(all_).substr(0, length));
    rest_ = all_.substr(length);
  }

  void read_bass() {
    for (std::size_t slash = all_.find('/'); slash != nowhere; slash = all_.find('/', slash + 1)) {
      const std::size_t length = note_length(all_, slash + 1);
      if (length == 0) continue;
      text_.bass = pitch_of(std::string_view(all_).substr(slash + 1, length));
      rest_ = without(rest_, all_.substr(slash, length + 1));
      return;
    }
  }

  /// Finds the kind among the abbreviations, without what changes it, and gives what stands behind it.
  std::string read_kind() {
    std::string_view shorthand = rest_;
    for (const auto& [word, how] : change_words) shorthand = shorthand.substr(0, shorthand.find(word));
    if (const std::size_t sharp = shorthand.find('#'); sharp != nowhere) {
      if (sharp + 1 == shorthand.size()) fail("IndexError", all_);  // music21 looks for a digit behind the end
      if (is_digit(shorthand[sharp + 1])) shorthand = shorthand.substr(0, sharp);
    }
    if (const std::size_t flat = shorthand.find('b'); flat != nowhere && flat + 1 < shorthand.size()) {
      const bool part_of_kind = shorthand.find("ob9") != nowhere || shorthand.find("\u00f8b9") != nowhere;
      if (is_digit(shorthand[flat + 1]) && !part_of_kind) shorthand = shorthand.substr(0, flat);
    }
    text_.kind = find_chord_kind(shorthand);
    return text_.kind != nullptr ? rest_.substr(shorthand.size()) : rest_;
  }

  void change(ChordChange::How how, int degree, int semitones) {
    const ChordChange change{how, degree, semitones};
    if (std::find(text_.changes.begin(), text_.changes.end(), change) == text_.changes.end()) text_.changes.push_back(change);
  }

  /// "add9", "alterb5", "omit3", one behind the other; letters between them hide them.
  void read_changes() {
    constexpr std::size_t far = 1000;
    std::size_t begin = far;
    for (const auto& [word, how] : change_words) begin = std::min(begin, rest_.find(word));
    std::string_view left = begin < rest_.size() ? std::string_view(rest_).substr(begin) : std::string_view();
    std::string letters;
    for (std::size_t i = 0; i < left.size();) {
      if (is_letter(left[i])) letters += left[i];
      ++i;
      for (const auto& [word, how] : change_words) {
        if (letters != word) continue;
        const std::size_t at = left.find(word);
        if (at == nowhere) throw NoSymbol{};
        left = read_change(left.substr(at + word.size()), how);
        letters.clear();
        i = 0;
        break;
      }
    }
  }

  std::string_view read_change(std::string_view left, ChordChange::How how) {
    int semitones = 0;
    if (!left.empty() && (left[0] == 'b' || left[0] == '#')) {
      semitones = left[0] == 'b' ? -1 : 1;
      left.remove_prefix(1);
    }
    if (left.empty()) fail("IndexError", all_);  // music21 reads behind the end
    const std::size_t first = left.find_first_not_of(digits);
    const std::size_t length = std::min<std::size_t>(first == nowhere ? left.size() : first, 2);
    if (length > 0) change(how, std::stoi(std::string(left.substr(0, length))), semitones);
    return left.substr(length);
  }

  /// "b5#9": degrees with sharps and flats, or a bare number.
  void read_alterations(std::string_view text) {
    for (const auto& [word, how] : change_words) text = text.substr(0, text.find(word));
    std::vector<std::string> items, single_digits;
    for (const std::string& item : split_alterations(text)) {
      const auto number = whole_number(without(without(item, "b"), "#"));
      if (!number) throw NoSymbol{};
      if (*number > 20) {
        split_digits(item, single_digits);
      } else {
        items.push_back(item);
      }
    }
    items.insert(items.end(), single_digits.begin(), single_digits.end());
    std::vector<std::pair<int, int>> degrees;
    for (const std::string& item : items) {
      const auto flats = std::count(item.begin(), item.end(), 'b'), sharps = std::count(item.begin(), item.end(), '#');
      const std::size_t begin = item.find_first_of("123456789");
      if (begin == nowhere) continue;
      const std::size_t end = item.find_first_not_of("123456789", begin);
      degrees.emplace_back(std::stoi(item.substr(begin, std::min<std::size_t>(end - begin, 6))),
                           static_cast<int>(flats > 0 ? -flats : sharps));
    }
    for (const auto& [degree, semitones] : degrees) change(ChordChange::How::add, degree, semitones);
  }

  /// Cuts before each run of 'b' and '#' that something follows, and where that ends.
  static std::vector<std::string> split_alterations(std::string_view text) {
    std::vector<std::string> items;
    std::size_t begin = 0;
    for (std::size_t sign = text.find_first_of("b#"); sign != nowhere; sign = text.find_first_of("b#", begin)) {
      const std::size_t number = text.find_first_not_of("b#", sign);
      if (number == nowhere) break;
      if (sign > begin) items.emplace_back(text.substr(begin, sign - begin));
      const std::size_t end = std::min(text.find_first_of("b#", number), text.size());
      items.emplace_back(text.substr(sign, end - sign));
      begin = end;
    }
    if (begin < text.size()) items.emplace_back(text.substr(begin));
    return items;
  }

  /// "69" is 6 and 9, "613" is 6 and 13.
  void split_digits(const std::string& item, std::vector<std::string>& found) const {
    std::string signs;
    for (std::size_t i = 0; i < item.size(); ++i) {
      if (item[i] == '1') {
        if (i + 1 == item.size()) fail("IndexError", all_);  // music21 reads behind the end
        found.push_back(item.substr(i, 2));
        ++i;
      } else {
        signs += item[i];
        if (item[i] != 'b' && item[i] != '#') found.push_back(std::exchange(signs, {}));
      }
    }
  }

  std::string all_, rest_;
  ChordText text_;
};

}  // namespace

std::optional<ChordText> read_chord_text(std::string_view text) {
  try {
    return ChordReader(text).read();
  } catch (const NoSymbol&) {
    return std::nullopt;
  }
}

}  // namespace etude::music

#include "scanner.hpp"

#include <algorithm>
#include <optional>

#include "carried_accidentals.hpp"
#include "characters.hpp"
#include "unreadable.hpp"
#include "version.hpp"

namespace etude::music {

namespace {

/// A set of ASCII characters.
class AsciiSet {
 public:
  constexpr explicit AsciiSet(std::string_view members) {
    for (const char c : members) bits_[static_cast<std::size_t>(c) / 64] |= std::uint64_t{1} << (static_cast<unsigned>(c) % 64);
  }
  constexpr bool has(const Character& c) const { return c.value < 128 && (bits_[c.value / 64] >> (c.value % 64) & 1) != 0; }
  bool has(char c) const { return has(Character{static_cast<unsigned char>(c), 1, {}}); }

 private:
  std::uint64_t bits_[2] = {0, 0};
};

constexpr AsciiSet accidental_signs("^=_");
constexpr AsciiSet before_a_pitch(".~^=_HLMOPSTuv");  // decorations and accidentals
constexpr AsciiSet begins_a_pitch("~^=_");            // and so does every letter
constexpr AsciiSet never_a_pitch("~wuvhHLTSN");
constexpr AsciiSet octave_marks(",'");
// Quirk::any_letter_is_a_note.
constexpr AsciiSet means_nothing_alone("whU~=VSsiIQrmnNoOPlLRyTt");
constexpr AsciiSet means_nothing_under_a_symbol("uvkKQ.yTwhx");

class Scanner {
 public:
  Scanner(std::string_view whole, std::string_view piece, std::vector<Token>& tokens, std::vector<Directive>* directives)
      : base_(static_cast<std::size_t>(piece.data() - whole.data())),
        text_(piece),
        tokens_(tokens),
        directives_(directives),
        carried_(Propagation::none) {}

  void allow_propagation() { carried_.propagate(Propagation::pitch), propagates_ = true; }

  void run() {
    while (at_ < text_.size()) {
      const Character c = character(at_);
      if (!fields_and_bars(c) && !brackets(c) && !single(c)) {
        if (c.traits.is_alpha() || begins_a_pitch.has(c))
          note(c);
        else
          at_ += c.bytes;  // white space, and what means nothing
      }
    }
  }

 private:
  Character character(std::size_t at) const { return first_character(text_.substr(at)); }
  bool is(std::size_t at, char c) const { return at < text_.size() && text_[at] == c; }
  std::size_t line_end(std::size_t at) const { return std::min(text_.find('\n', at), text_.size()); }

  Token& emit(Sign sign, std::size_t begin, std::size_t end) {
    auto& token = tokens_.emplace_back();
    token.sign = sign;
    token.begin = static_cast<std::uint32_t>(base_ + begin);
    token.length = static_cast<std::uint32_t>(end - begin);
    return token;
  }

  /// Emits a sign of `bytes` bytes and goes behind it.
  bool sign(Sign which, std::size_t bytes = 1) {
    emit(which, at_, at_ + bytes);
    at_ += bytes;
    return true;
  }

  bool fields_and_bars(const Character& c) {
    if (c.is('%')) return comment();
    if (begins_field(c)) return field(c);
    if (c.is('|') || c.is(':') || c.is('[')) return bar();
    return false;
  }

  bool comment() {
    const std::size_t end = line_end(at_ + 1);
    const std::string_view line = text_.substr(at_, end - at_);
    if (directives_ != nullptr && line.size() > 2 && line[1] == '%') {
      directives_->push_back({tokens_.size(), stripped(line.substr(2))});
      if (const auto value = propagation_directive(line); value && propagates_) carried_.propagate(*value);
    }
    at_ = end;
    return true;
  }

  /// A capital letter and a colon begin a field wherever they stand, unless a bar line seems to follow.
  /// Quirk::field_anywhere.
  bool begins_field(const Character& c) const {
    const std::size_t colon = at_ + c.bytes;
    if (!is(colon, ':') || colon + 1 >= text_.size() || text_[colon + 1] == '|') return false;
    return c.is('w') || (c.traits.is_alpha() && c.traits.is_upper());
  }

  bool field(const Character& c) {
    const std::size_t end = line_end(at_ + 1);
    std::string_view value = text_.substr(at_ + c.bytes + 1, end - at_ - c.bytes - 1);
    value = stripped(value.substr(0, value.find('%')));
    const auto begin = value.empty() ? at_ : static_cast<std::size_t>(value.data() - text_.data());
    auto& token = emit(Sign::field, begin, begin + value.size());
    token.tag = c.bytes == 1 ? static_cast<char>(c.value) : '\0';
    at_ = end;
    return true;
  }

  void bars(std::size_t bytes, Bar first, std::optional<Bar> second = std::nullopt) {
    emit(Sign::bar, at_, at_ + bytes).bar = first;
    if (second) emit(Sign::bar, at_, at_ + bytes).bar = *second;
    at_ += bytes;
    carried_.bar();
  }

  bool bar() {
    const std::string_view rest = text_.substr(at_, 3);
    const char next = rest.size() > 1 ? rest[1] : '\0', third = rest.size() > 2 ? rest[2] : '\0';
    const auto ending = [](char digit) { return digit == '1' ? Bar::first_ending : Bar::second_ending; };
    // Quirk::pickup_digits_of_endings.
    const auto is_ending = [](char digit) { return digit == '1' || digit == '2'; };
    if (rest[0] == '[') {
      if (next == '|') return bars(2, Bar::heavy_light), true;
      if (is_ending(next)) return bars(2, ending(next)), true;
      return false;  // a chord
    }
    if (rest[0] == ':') {
      if (next == '|' && is_ending(third)) return bars(3, Bar::repeat_end, ending(third)), true;
      if (next == '|') return bars(2, Bar::repeat_end), true;
      if (next == ':') return bars(2, Bar::repeat_end, Bar::repeat_start), true;
      return bars(1, Bar::dotted), true;
    }
    if (next == ']') return bars(2, Bar::final_line), true;
    if (next == '|') return bars(2, Bar::double_line), true;
    if (next == ':') return bars(2, Bar::repeat_start), true;
    if (is_ending(next)) return bars(2, Bar::plain, ending(next)), true;
    return bars(1, Bar::plain), true;
  }

  bool brackets(const Character& c) {
    if (c.is('(')) return parenthesis();
    if (c.is('<') || c.is('>')) return broken_rhythm();
    if (c.is('!')) return decoration();
    if (c.is('"')) return symbol();
    if (c.is('[')) return chord();
    return false;
  }

  /// A tuplet (p, (p:q or (p:q:r with one digit each, or the start of a slur.
  bool parenthesis() {
    if (at_ + 1 >= text_.size()) return ++at_, true;
    std::size_t end = at_ + 1;
    const auto digit = [&] {
      const Character d = end < text_.size() ? character(end) : Character{};
      if (d.traits.is_digit()) end += d.bytes;
      return d.traits.is_digit();
    };
    if (!digit()) return sign(Sign::slur_start);
    for (int part = 0; part < 2; ++part) {
      if (end >= text_.size()) throw Unreadable{"ABCHandlerException", "the text ends within a tuplet", text_.substr(at_)};
      if (text_[end] != ':') break;
      ++end;
      digit();
    }
    return sign(Sign::tuplet, end - at_);
  }

  bool broken_rhythm() {
    std::size_t end = at_ + 1;
    while (end + 1 < text_.size() && (text_[end] == '<' || text_[end] == '>')) ++end;
    return sign(Sign::broken_rhythm, end - at_);
  }

  /// !name!: hairpins count, other names are passed over. One that is not closed within 20 characters is only its first mark.
  bool decoration() {
    std::size_t end = at_ + 1;
    for (int characters = 1; characters < 20 && end < text_.size(); ++characters) {
      if (text_[end] == '!') {
        const std::string_view name = text_.substr(at_ + 1, end - at_ - 1);
        const std::size_t bytes = end + 1 - at_;
        if (name == "crescendo(") return sign(Sign::crescendo_start, bytes);
        if (name == "diminuendo(") return sign(Sign::diminuendo_start, bytes);
        if (name == "crescendo)" || name == "diminuendo)") return sign(Sign::parenthesis_end, bytes);
        at_ = end + 1;
        return true;
      }
      end += character(end).bytes;
    }
    ++at_;
    return true;
  }

  // Quirk::text_is_a_chord_symbol.
  bool symbol() {
    const std::size_t end = std::min(text_.find('"', at_ + 1), text_.size());
    if (!has_symbol_) symbol_ = text_.substr(at_ + 1, end - at_ - 1), has_symbol_ = true;
    at_ = end + 1;
    return true;
  }

  // Quirk::inline_field_is_a_chord.
  bool chord() {
    std::size_t end = std::min(text_.find(']', at_ + 1), text_.size() - 1) + 1;
    while (end < text_.size()) {
      const Character d = character(end);
      if (!d.traits.is_digit() && !d.is('/')) break;
      end += d.bytes;
    }
    event(Sign::chord, end, {});
    return true;
  }

  bool single(const Character& c) {
    if (c.value >= 0x80) return false;
    switch (static_cast<char>(c.value)) {
      case ')':
        return sign(Sign::parenthesis_end);
      case '-':
        return sign(Sign::tie);
      case '{':
        return sign(Sign::grace_start);
      case '}':
        return sign(Sign::grace_end);
      case '.':
        return articulation(Articulation::staccato);
      case 'u':
        return articulation(Articulation::up_bow);
      case 'v':
        return articulation(Articulation::down_bow);
      case 'K':
        return articulation(Articulation::accent);
      case 'k':
        return articulation(Articulation::strong_accent);
      case 'M':
        return articulation(Articulation::tenuto);
      default:
        return false;
    }
  }

  bool articulation(Articulation which) {
    emit(Sign::articulation, at_, at_ + 1).articulation = which;
    return ++at_, true;
  }

  /// Decorations and accidentals, one letter, then octave marks and lengths in any order.
  void note(const Character& c) {
    bool found = c.traits.is_alpha() && !before_a_pitch.has(c);
    if (found) carried_.letter(c);
    if (accidental_signs.has(c)) carried_.begin(static_cast<char>(c.value));
    std::size_t end = at_ + c.bytes;
    while (end < text_.size()) {
      const Character d = character(end);
      if (!found && before_a_pitch.has(d)) {
        if (++end == text_.size())
          throw Unreadable{"IndexError", "the text ends before the note of an accidental", text_.substr(at_)};
        if (accidental_signs.has(text_[end])) carried_.add(text_[end]);
        continue;
      }
      if (!found && d.traits.is_alpha() && !never_a_pitch.has(d)) {
        found = true;
        carried_.letter(d);
      } else if (octave_marks.has(d)) {
        carried_.mark(static_cast<char>(d.value));
      } else if (!d.traits.is_digit() && !d.is('/')) {
        break;
      }
      end += d.bytes;
    }
    if (dropped(text_.substr(at_, end - at_))) {
      has_symbol_ = false;
      at_ = end;
    } else {
      event(Sign::note, end, carried_.note());
    }
  }

  /// Letters that are decorations or mean nothing, with nothing behind them.
  bool dropped(std::string_view note) const {
    if (has_symbol_) return means_nothing_under_a_symbol.has(note.back());
    if (note.front() == 'x' || note.front() == 'H' || note.front() == 'Z') return true;
    if (note.size() == 1) return means_nothing_alone.has(note.front());
    return note.front() == '=' && first_character(note.substr(1)).traits.is_digit();
  }

  void event(Sign which, std::size_t end, const Accidental& carried) {
    auto& token = emit(which, at_, end);
    token.carried = carried;
    token.has_symbol = has_symbol_;
    if (has_symbol_) {
      token.symbol = static_cast<std::uint32_t>(base_ + static_cast<std::size_t>(symbol_.data() - text_.data()));
      token.symbol_length = static_cast<std::uint32_t>(symbol_.size());
    }
    has_symbol_ = false;
    at_ = end;
  }

  std::size_t base_;
  std::string_view text_;
  std::vector<Token>& tokens_;
  std::vector<Directive>* directives_;
  CarriedAccidentals carried_;
  bool propagates_ = false;
  std::size_t at_ = 0;
  std::string_view symbol_;  // the first text in quotes since the last note
  bool has_symbol_ = false;
};

}  // namespace

Tokens scan(std::string_view text) {
  Tokens result{text, {}, {}};
  result.tokens.reserve(text.size() / 3 + 16);
  Scanner scanner(text, text, result.tokens, &result.directives);
  // Quirk::accidentals_hold_for_one_note.
  if (declares_version_2(text)) scanner.allow_propagation();
  scanner.run();
  return result;
}

void scan_chord(std::string_view whole, std::string_view inside, std::vector<Token>& tokens) {
  Scanner(whole, inside, tokens, nullptr).run();
}

}  // namespace etude::music

#include "context.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "characters.hpp"
#include "events.hpp"
#include "fields.hpp"
#include "literals.hpp"
#include "unreadable.hpp"

namespace etude::music {

namespace {

/// What music21 makes of (p:q:r: p notes in the time of q, for the next r notes.
struct Group {
  std::int8_t actual = 0, normal = 0;
  int left = 0;
};

/// One part of (p:q:r; nothing if it is left out.
std::optional<std::int8_t> tuplet_number(std::string_view part, std::string_view where) {
  if (part.empty()) return std::nullopt;
  const Character c = first_character(part);
  if (!c.traits.is_decimal()) throw Unreadable{"ValueError", "no number in a tuplet", where};
  return static_cast<std::int8_t>(decimal_value(c.value));
}

Group read_tuplet(std::string_view sign, const std::optional<Meter>& meter) {
  std::string_view rest = sign.substr(1);
  const auto part = [&] {
    const auto colon = std::min(rest.find(':'), rest.size());
    const std::string_view taken = rest.substr(0, colon);
    rest.remove_prefix(std::min(colon + 1, rest.size()));
    return taken;
  };
  const std::string_view actual = part();
  const auto normal = tuplet_number(part(), sign);
  if (actual.size() != 1 || actual[0] < '1' || actual[0] > '9')
    throw Unreadable{"ABCTokenException", "a tuplet has 1 to 9 notes", sign};
  const std::int8_t by_meter = meter && is_compound(*meter) ? 3 : 2;
  const std::int8_t usual[] = {1, 3, 2, 3, by_meter, 2, by_meter, 3, by_meter};
  Group group;
  group.actual = static_cast<std::int8_t>(actual[0] - '0');
  group.normal = normal.value_or(usual[group.actual - 1]);
  group.left = tuplet_number(part(), sign).value_or(group.actual);
  return group;
}

/// What > and < between two notes do: the factors of the left and the right note.
std::pair<double, double> broken_rhythm(std::string_view sign) {
  if (sign == ">") return {1.5, 0.5};
  if (sign == "<") return {0.5, 1.5};
  if (sign == ">>") return {1.75, 0.25};
  if (sign == "<<") return {0.25, 1.75};
  if (sign == ">>>") return {1.875, 0.125};
  if (sign == "<<<") return {0.125, 1.875};
  return {1, 1};
}

class Resolver {
 public:
  Resolver(Piece& piece) : piece_(piece) {}

  void run() {
    auto& tokens = piece_.signs.tokens;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      if (tokens[i].sign == Sign::field)
        field(tokens[i]);
      else if (tokens[i].is_event())
        event(tokens[i]);
      else if (tokens[i].sign == Sign::broken_rhythm)
        broken(i);
      else
        sign(tokens[i]);
    }
    close_spans();
  }

 private:
  void field(const Token& token) {
    const std::string_view value = piece_.text(token);
    if (token.tag == 'M') {
      meter_ = read_meter(value);
      if (!unit_) unit_ = unit_of(meter_);
    } else if (token.tag == 'L') {
      unit_ = read_unit(value);
    } else if (token.tag == 'K') {
      key_ = read_key(value).sharps;
    } else if (token.tag == 'X') {
      close_spans();
    }
  }

  void sign(const Token& token) {
    switch (token.sign) {
      case Sign::tuplet:
        group_ = read_tuplet(piece_.text(token), meter_);
        open_.push_back(no_span);
        break;
      case Sign::slur_start:
        open(Span::Kind::slur);
        break;
      case Sign::crescendo_start:
        open(Span::Kind::crescendo);
        break;
      case Sign::diminuendo_start:
        open(Span::Kind::diminuendo);
        break;
      case Sign::parenthesis_end:
        close();
        break;
      case Sign::tie:
        tie();
        break;
      case Sign::articulation:
        articulations_.add(token.articulation);
        break;
      case Sign::grace_start:
        grace_ = true;
        break;
      case Sign::grace_end:
        grace_ = false;
        break;
      default:
        break;  // bar lines hold nothing back
    }
  }

  /// The next note is the end of a tie, whatever its pitch, and the last one is its start.
  /// Quirk::tie_joins_neighbours.
  void tie() {
    if (!piece_.events.empty()) {
      Tie& last = piece_.events.back().tie;
      last = last == Tie::stop ? Tie::both : Tie::start;
    }
    tied_ = true;
  }

  void event(Token& token) {
    // Quirk::unit_must_be_known.
    if (!unit_) throw Unreadable{"ABCHandlerException", "a note before any L: or M: says how long it is", piece_.text(token)};
    token.event = static_cast<std::uint32_t>(piece_.events.size());
    NoteEvent& event = piece_.events.emplace_back();
    event.unit = *unit_;
    event.broken = std::exchange(next_broken_, 1);
    event.keyed = key_.has_value();
    event.key = static_cast<std::int8_t>(key_.value_or(0));
    event.grace = grace_;
    event.tie = std::exchange(tied_, false) ? Tie::stop : Tie::none;
    event.articulations = std::exchange(articulations_, {});
    if (group_.left > 0) {
      --group_.left;
      event.tuplet_actual = group_.actual, event.tuplet_normal = group_.normal;
    }
  }

  void broken(std::size_t i) {
    auto& tokens = piece_.signs.tokens;
    if (i == 0 || i + 1 == tokens.size() || !tokens[i - 1].is_event() || !tokens[i + 1].is_event()) return;
    const auto [left, right] = broken_rhythm(piece_.text(tokens[i]));
    piece_.events[tokens[i - 1].event].broken = left;
    next_broken_ = right;
  }

  void open(Span::Kind kind) {
    open_.push_back(piece_.spans.size());
    piece_.spans.push_back({kind, piece_.events.size(), piece_.events.size()});
  }
  void close() {
    if (open_.empty()) return;
    if (open_.back() != no_span) piece_.spans[open_.back()].last = piece_.events.size();
    open_.pop_back();
  }
  void close_spans() {
    while (!open_.empty()) close();
  }

  static constexpr auto no_span = static_cast<std::size_t>(-1);

  Piece& piece_;
  std::optional<double> unit_;
  std::optional<Meter> meter_;
  std::optional<int> key_;
  Group group_;
  bool tied_ = false, grace_ = false;
  Articulations articulations_;
  std::vector<std::size_t> open_;  // spans by their number, and tuplets, which a parenthesis ends too
  double next_broken_ = 1;         // what a broken rhythm before the next note makes of it
};

}  // namespace

Piece resolve(Tokens signs) {
  Piece piece{std::move(signs), {}, {}, {}};
  piece.events.reserve(piece.signs.tokens.size());
  Resolver(piece).run();
  read_events(piece);
  return piece;
}

}  // namespace etude::music

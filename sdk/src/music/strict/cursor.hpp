// The value of a field, read from left to right.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <etude/error.hpp>
#include <string>
#include <string_view>

#include "fault.hpp"

namespace etude::music::strict {

inline bool is_digit(char c) { return c >= '0' && c <= '9'; }
inline bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
inline bool is_space(char c) { return c == ' ' || c == '\t'; }
inline char lower(char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c); }

inline std::string lower(std::string_view word) {
  std::string made(word);
  std::transform(made.begin(), made.end(), made.begin(), [](char c) { return lower(c); });
  return made;
}

/// Reads a field from left to right.
class Cursor {
 public:
  explicit Cursor(const Place& place) : place_(place) {}

  bool done() const { return place_.at >= place_.text.size(); }
  char peek(std::size_t ahead = 0) const {
    return place_.at + ahead < place_.text.size() ? place_.text[place_.at + ahead] : '\0';
  }
  char take() { return place_.text[place_.at++]; }
  bool take(char wanted) {
    if (done() || peek() != wanted) return false;
    ++place_.at;
    return true;
  }
  void skip_spaces() {
    while (is_space(peek())) ++place_.at;
  }
  template <class Wanted>
  std::string_view take_while(const Wanted& wanted) {
    const auto begin = place_.at;
    while (!done() && wanted(peek())) ++place_.at;
    return place_.text.substr(begin, place_.at - begin);
  }
  std::string_view word() {
    return take_while([](char c) { return !is_space(c); });
  }
  const Place& place() const { return place_; }
  void back_to(const Place& place) { place_ = place; }

  /// A whole number of at most six digits, at least `least`.
  std::int64_t number(const char* what, std::int64_t least = 1) {
    const auto begin = place_;
    const auto digits = take_while(is_digit);
    if (digits.empty()) reject(begin, text(what, " must be a number here"));
    if (digits.size() > 6) reject(begin, text(what, " has more than six digits"));
    const std::int64_t value = std::strtol(std::string(digits).c_str(), nullptr, 10);
    if (value < least) reject(begin, text(what, " must be at least ", least));
    return value;
  }

  std::string_view quoted() {
    const auto begin = place_;
    take();
    const auto inside = take_while([](char c) { return c != '"'; });
    if (!take('"')) reject(begin, "a quotation mark is never closed");
    return inside;
  }

  void expect_end(const char* field) {
    skip_spaces();
    if (!done()) reject(place_, text("not understood in ", field));
  }

 private:
  Place place_;
};

}  // namespace etude::music::strict

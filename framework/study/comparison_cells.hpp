// How comparisons write their cells and notes.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <study/headlines.hpp>
#include <vector>

namespace etude {

/// RFC 4180: a field with a comma, quote or line end stands in quotes.
std::string csv_field(const std::string& value);
/// As it reads back; an empty field where there is none.
std::string csv_number(const std::optional<double>& value);
/// Three fields with a comma before each: the value of metric `id` and its interval.
std::string csv_headline(const Headlines& headlines, const std::string& id);
/// As it reads back; null where there is none.
nlohmann::ordered_json json_number(const std::optional<double>& value);

/// "+0.0123", "-0.0123".
std::string with_sign(double value, int digits);

/// A time or speed that other runs at the same time have changed stands in brackets.
std::string bracketed(bool beside_others, const std::string& cell);

/// As paragraphs; the star of a table is bold type here.
std::string markdown_notes(const std::vector<std::string>& lines);

}  // namespace etude

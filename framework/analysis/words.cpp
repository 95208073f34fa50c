#include <algorithm>
#include <analysis/words.hpp>
#include <base/text.hpp>
#include <cmath>
#include <etude/error.hpp>
#include <iomanip>
#include <sstream>

namespace etude {

std::string digits(double value) {
  if (!std::isfinite(value)) return "-";
  if (value == 0) return "0";  // and -0
  std::ostringstream out;
  out.imbue(std::locale::classic());
  if (std::abs(value) >= 1e5 || std::abs(value) < 1e-3)
    out << std::scientific << std::setprecision(3) << value;
  else
    out << std::fixed << std::setprecision(std::max(0, 3 - static_cast<int>(std::floor(std::log10(std::abs(value)))))) << value;
  return out.str();
}

std::string signed_percent(double share) {
  if (!std::isfinite(share)) return "-";
  return (share < 0 ? "" : "+") + fixed(100 * share, 2) + " %";
}

std::string with_range(const Estimate& estimate, std::string (*as_text)(double)) {
  if (!std::isfinite(estimate.value)) return "-";
  if (!estimate.low) return as_text(estimate.value);
  // A of a line that hardly falls is larger than any number.
  if (!std::isfinite(*estimate.low)) return text(as_text(estimate.value), " (anything)");
  if (!std::isfinite(*estimate.high)) return text(as_text(estimate.value), " (", as_text(*estimate.low), " or more)");
  return text(as_text(estimate.value), " (", as_text(*estimate.low), " to ", as_text(*estimate.high), ")");
}

std::string range_text(const std::vector<double>& counts) {
  const auto [least, most] = std::minmax_element(counts.begin(), counts.end());
  return *least == *most ? count_text(*least) : text(count_text(*least), " to ", count_text(*most));
}

std::string family_name(const std::string& family) { return family.empty() ? "all points" : family; }

std::string in_words(LossUnit unit) { return unit == LossUnit::nats_per_token ? "nats a token" : "bits a character"; }

std::string in_words(ParameterCount counted) {
  switch (counted) {
    case ParameterCount::total:
      return "all parameters";
    case ParameterCount::without_embeddings:
      return "parameters without embeddings";
    case ParameterCount::body:
      return "parameters of the body";
  }
  return "";
}

}  // namespace etude

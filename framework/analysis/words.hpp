// Numbers of fits for people.
#pragma once

#include <analysis/scaling.hpp>
#include <string>
#include <vector>

namespace etude {

/// Four digits that count: "0.08282", "477.8", "1.23e+05"; "-" where there is no number.
std::string digits(double value);
/// "+2.74 %"
std::string signed_percent(double share);
/// "0.3473 (0.3204 to 0.3756)", "2076 (599.4 or more)", "-"
std::string with_range(const Estimate& estimate, std::string (*as_text)(double));
/// "32.1 k to 720 k", or one number where all are equal. @param counts  at least one
std::string range_text(const std::vector<double>& counts);
/// "gpt", or "all points" where there is one family without a name.
std::string family_name(const std::string& family);
std::string in_words(LossUnit unit);
std::string in_words(ParameterCount counted);

}  // namespace etude

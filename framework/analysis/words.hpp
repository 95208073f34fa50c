// Numbers of fits for people.
#pragma once

#include <analysis/scaling.hpp>
#include <string>

namespace etude {

/// Four digits that count: "0.08282", "477.8", "1.23e+05".
std::string digits(double value);
/// "+2.74 %"
std::string signed_percent(double share);
/// "0.3473 (0.3204 to 0.3756)"
std::string with_range(const Estimate& estimate, std::string (*as_text)(double));
/// "gpt", or "all points" where there is one family without a name.
std::string family_name(const std::string& family);
std::string in_words(LossUnit unit);
std::string in_words(ParameterCount counted);

}  // namespace etude

// Words for messages.
#pragma once

#include <string>
#include <vector>

namespace etude {

/// "gpt, lstm".
std::string joined(const std::vector<std::string>& words, const std::string& between = ", ");

}  // namespace etude

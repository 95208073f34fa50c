// Looking into what a run recorded as (name, text) pairs: its provenance, its axes.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace etude {

/// The text of this name; empty where there is none.
std::string recorded_text(const std::vector<std::pair<std::string, std::string>>& texts, const std::string& name);

}  // namespace etude

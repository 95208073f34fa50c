// Which documents are worth keeping.
#pragma once

#include <config/experiment.hpp>
#include <cstdint>

namespace etude {

/// Why a document of so many characters is left out ("filtered: empty", "filtered: too short", "filtered: too long"), or nullptr.
const char* filter_reason(const FilterOptions& options, std::int64_t characters);

}  // namespace etude

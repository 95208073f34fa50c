// Which split a document belongs to.
#pragma once

#include <config/experiment.hpp>
#include <cstdint>
#include <etude/document.hpp>
#include <string_view>
#include <vector>

namespace etude {

/// By a hash of seed and id alone: a document never moves when others come or go. Shares are met on average.
Split hash_split(const SplitOptions& options, std::string_view document_id);

/// Exact counts: documents are shuffled, the first int(count * train) train, the next int(count * validation) validate, the rest
/// are for tests (or validate, where test is 0). The shuffle is Python's random.Random(seed).shuffle().
std::vector<Split> shuffle_split(const SplitOptions& options, std::size_t count);

/// The numbers 0 .. count-1 as Python's random.Random(seed).shuffle() leaves them.
std::vector<std::uint32_t> python_shuffle(std::uint64_t seed, std::size_t count);

}  // namespace etude

// Which split a document belongs to.
#pragma once

#include <corpus/filter.hpp>
#include <span>

namespace etude {

/// By a hash of seed and id alone: a document never moves when others come or go. Shares are met on average.
Split hash_split(const SplitOptions& options, std::string_view document_id);

/// Exact counts: documents are shuffled, the first int(count * train) train, the next int(count * validation) validate, the rest
/// are for tests (or validate, where test is 0). The shuffle is Python's random.Random(seed).shuffle().
std::vector<Split> shuffle_split(const SplitOptions& options, std::size_t count);

/// The numbers 0 .. count-1 as Python's random.Random(seed).shuffle() leaves them.
std::vector<std::uint32_t> python_shuffle(std::uint64_t seed, std::size_t count);

/// A group goes where its representative goes: the document with the smallest of a second hash of seed and id, which has nothing
/// to do with the hash that splits, so that the shares are met on average whatever the groups' sizes.
std::uint64_t representative_rank(std::int64_t seed, std::string_view document_id);

/// Puts every kept document into its split. A document's own split (of the source) wins.
/// @param groups  of each document the number of its group's first; the others of a group go where the representative goes, and
///                that is chosen among those with a split of their own if there are any. Empty: each document goes by itself
void split_documents(const SplitOptions& options, const Documents& documents, std::span<const std::uint32_t> groups,
                     std::vector<Verdict>& verdicts);

}  // namespace etude

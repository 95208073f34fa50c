// What a corpus is made of, as charts.
#pragma once

#include <corpus/analysis.hpp>
#include <corpus/corpus.hpp>
#include <report/chart.hpp>

namespace etude {

/// How many of the most frequent characters are shown.
inline constexpr std::size_t shown_characters = 30;

/// "a", and for what cannot be seen "space", "newline", "U+00A0".
std::string character_name(char32_t character);

/// gzip-ratio: how well the documents of the sample compress, and what the threshold keeps.
Chart ratio_chart(const Analysis& analysis);
/// lengths: of the sample's documents, in characters.
Chart length_chart(const Analysis& analysis);
/// characters: the most frequent. @param histogram  from the most frequent on
Chart character_chart(const std::vector<std::pair<char32_t, std::int64_t>>& histogram);
/// outcomes: what became of sources and documents. @param kept  documents of all splits
Chart outcome_chart(const std::map<std::string, std::int64_t>& counts, std::int64_t kept);

/// gzip-ratio, threshold-curve, lengths (of the sample); characters, outcomes, splits (of the corpus).
std::vector<Chart> corpus_charts(const Corpus& corpus, const Analysis& analysis);

}  // namespace etude
